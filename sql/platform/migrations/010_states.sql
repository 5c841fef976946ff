-- Which ways lead from one state to another? One row per way, written by `quayside migrate`; no other is allowed.
create table platform.state_transition (
    thing text not null check (thing in ('file', 'run', 'exception')),
    state_before text not null,
    state_after text not null,
    happens_when text not null,
    primary key (thing, state_before, state_after)
);
comment on table platform.state_transition is 'Every way from one state to another, as the installed code declares it.';
comment on column platform.state_transition.thing is 'file, run or exception.';
comment on column platform.state_transition.state_before is 'State before.';
comment on column platform.state_transition.state_after is 'State after.';
comment on column platform.state_transition.happens_when is 'When it happens.';

create function platform.allow_transition() returns trigger
language plpgsql as $$
begin
    if not exists (
        select 1 from platform.state_transition as t
        where t.thing = tg_argv[0] and t.state_before = old.state and t.state_after = new.state
    ) then
        raise exception 'no % goes from % to %', tg_argv[0], old.state, new.state
            using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end $$;
create trigger allow_transition before update on platform.file for each row
when (old.state is distinct from new.state)
execute function platform.allow_transition('file');
create trigger allow_transition before update on platform.run for each row
when (old.state is distinct from new.state)
execute function platform.allow_transition('run');
create trigger allow_transition before update on platform.exception for each row
when (old.state is distinct from new.state)
execute function platform.allow_transition('exception');
