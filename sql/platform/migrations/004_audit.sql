-- What happened, by whom, chained by hash. Grain: one row per event; one link per event, added shortly after it.
create table platform.audit_event (
    event_id bigint generated always as identity primary key,
    occurred_at timestamptz not null default clock_timestamp(),
    event text not null,
    actor text not null,
    run_id uuid,
    file_id bigint,
    counts jsonb not null default '{}',
    details jsonb not null default '{}'
);
create index audit_event_by_run on platform.audit_event (run_id);
comment on table platform.audit_event is 'Append-only record of what happened.';
comment on column platform.audit_event.event_id is 'Number of the event.';
comment on column platform.audit_event.occurred_at is 'When (UTC).';
comment on column platform.audit_event.event is 'What happened, such as file_registered or stage_ended.';
comment on column platform.audit_event.actor is 'Account, or system.';
comment on column platform.audit_event.run_id is 'Run, where there is one.';
comment on column platform.audit_event.file_id is 'File, where there is one.';
comment on column platform.audit_event.counts is 'Row counts.';
comment on column platform.audit_event.details is 'Everything else; never a secret.';

create table platform.audit_link (
    position bigint primary key,
    event_id bigint not null unique references platform.audit_event,
    previous_hash text not null,
    hash text not null
);
comment on table platform.audit_link is 'The chain over the events, in the order in which they became visible.';
comment on column platform.audit_link.position is 'Place in the chain, from 1 without gaps.';
comment on column platform.audit_link.event_id is 'Event.';
comment on column platform.audit_link.previous_hash is 'Hash of the link before, 64 zeros for the first.';
comment on column platform.audit_link.hash is 'SHA-256 over the previous hash and the event.';

create trigger append_only before update or delete on platform.audit_event
for each row execute function platform.refuse();
create trigger append_only before update or delete on platform.audit_link
for each row execute function platform.refuse();
create trigger no_truncate before truncate on platform.audit_event
for each statement execute function platform.refuse();
create trigger no_truncate before truncate on platform.audit_link
for each statement execute function platform.refuse();

create function platform.audit_hash(previous_hash text, event platform.audit_event) returns text
language sql stable as $$
    select encode(sha256(convert_to(jsonb_build_array(
        previous_hash, event.event_id, extract(epoch from event.occurred_at), event.event, event.actor, event.run_id,
        event.file_id, event.counts, event.details
    )::text, 'UTF8')), 'hex')
$$;
comment on function platform.audit_hash is 'The hash of an event after a given link.';

create function platform.seal_audit() returns table (sealed_position bigint, sealed_hash text)
language plpgsql as $$
declare
    last_position bigint;
    last_hash text;
    waiting platform.audit_event;
begin
    perform pg_advisory_xact_lock(hashtext('quayside.audit'));
    select l.position, l.hash into last_position, last_hash from platform.audit_link as l order by l.position desc limit 1;
    last_position := coalesce(last_position, 0);
    last_hash := coalesce(last_hash, repeat('0', 64));
    for waiting in
        select e.* from platform.audit_event as e
        where not exists (select 1 from platform.audit_link as l where l.event_id = e.event_id)
        order by e.event_id
    loop
        insert into platform.audit_link (position, event_id, previous_hash, hash)
        values (last_position + 1, waiting.event_id, last_hash, platform.audit_hash(last_hash, waiting))
        returning position, hash into last_position, last_hash;
    end loop;
    return query select last_position, last_hash;
end $$;
comment on function platform.seal_audit is 'Chains every visible event that is not chained yet, in a transaction of its own; returns the head. Writers of events never wait for it.';

create function platform.verify_audit() returns table (problem text, at_position bigint, at_event_id bigint)
language sql stable as $$
    with chain as (
        select
            l.position,
            l.event_id,
            l.previous_hash,
            l.hash,
            lag(l.hash, 1, repeat('0', 64)) over (order by l.position) as expected_previous,
            row_number() over (order by l.position) as expected_position,
            platform.audit_hash(l.previous_hash, e) as expected_hash
        from platform.audit_link as l
        left join platform.audit_event as e on e.event_id = l.event_id
    )
    select 'a link is missing', position, event_id from chain where position <> expected_position
    union all
    select 'the link does not follow the one before', position, event_id from chain where previous_hash <> expected_previous
    union all
    select 'the event was changed or removed', position, event_id from chain where hash is distinct from expected_hash
$$;
comment on function platform.verify_audit is 'One row per broken place of the chain; none where it is whole. A cut tail shows against the published head.';
