-- What the object store tells of puts: each wakes the pickup, and no row is kept, since the listing is what counts.
create table platform.landing_event (
    event_time timestamptz,
    event_data jsonb
);
comment on table platform.landing_event is 'Door for the notifications of the object store; always empty.';
comment on column platform.landing_event.event_time is 'When the object store says it happened (UTC).';
comment on column platform.landing_event.event_data is 'What the object store tells.';

create function platform.wake_pickup() returns trigger
language plpgsql as $$
begin
    perform pg_notify('quayside_landed', '');
    return null;
end $$;
create trigger wake_pickup before insert on platform.landing_event
for each row execute function platform.wake_pickup();
