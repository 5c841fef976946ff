-- The law: every row read has exactly one disposition. Whoever touches a run's rows has the run counted at commit.
create table platform.law_check (
    run_id uuid not null,
    transaction_id xid8 not null default pg_current_xact_id(),
    primary key (run_id, transaction_id)
);
comment on table platform.law_check is 'Runs that the current transactions must have counted; empty outside of them.';
comment on column platform.law_check.run_id is 'Run to be counted.';
comment on column platform.law_check.transaction_id is 'Transaction that touched its rows.';

create function platform.assert_law(checked_run uuid) returns void
language plpgsql as $$
declare
    run record;
    loaded bigint;
    held bigint;
    lines bigint;
begin
    select r.state, r.rows_read, r.dataset, d.mart_table into run
    from platform.run as r
    inner join platform.dataset as d on d.name = r.dataset
    where r.run_id = checked_run;
    if not found then
        raise exception 'rows name the run %, which does not exist', checked_run using errcode = 'integrity_constraint_violation';
    end if;
    execute format(
        'with kept as (
            select line, 1 as loaded from %I.%I where run_id = $1
            union all
            select line, 0 from platform.exception where run_id = $1 and state in (''OPEN'', ''DISCARDED'', ''SUPERSEDED'')
        )
        select coalesce(sum(loaded), 0), count(*) - coalesce(sum(loaded), 0), count(distinct line) from kept',
        run.dataset, run.mart_table
    ) into loaded, held, lines using checked_run;
    if run.state = 'COMPLETED' and run.rows_read is distinct from loaded + held then
        raise exception 'run %: % rows read, but % loaded and % held', checked_run, run.rows_read, loaded, held
            using errcode = 'integrity_constraint_violation';
    end if;
    if lines <> loaded + held then
        raise exception 'run %: a line is in two places (% rows on % lines)', checked_run, loaded + held, lines
            using errcode = 'integrity_constraint_violation';
    end if;
    if run.state <> 'COMPLETED' and loaded + held > 0 then
        raise exception 'run % is %, but % of its rows are stored', checked_run, run.state, loaded + held
            using errcode = 'integrity_constraint_violation';
    end if;
end $$;
comment on function platform.assert_law is 'Fails unless rows read = rows loaded + rows held for a completed run, on as many lines; other runs have no rows.';

create function platform.enforce_law() returns trigger
language plpgsql as $$
begin
    perform platform.assert_law(new.run_id);
    delete from platform.law_check as c where c.run_id = new.run_id and c.transaction_id = new.transaction_id;
    return null;
end $$;

create constraint trigger enforce_law after insert on platform.law_check
deferrable initially deferred for each row execute function platform.enforce_law();

create function platform.count_added() returns trigger
language plpgsql as $$
begin
    insert into platform.law_check (run_id) select distinct run_id from added on conflict do nothing;
    return null;
end $$;

create function platform.count_removed() returns trigger
language plpgsql as $$
begin
    insert into platform.law_check (run_id) select distinct run_id from removed on conflict do nothing;
    return null;
end $$;

create function platform.count_changed() returns trigger
language plpgsql as $$
begin
    insert into platform.law_check (run_id) select run_id from added union select run_id from removed
    on conflict do nothing;
    return null;
end $$;

create function platform.refuse() returns trigger
language plpgsql as $$
begin
    raise exception '% of % is not allowed: it is append-only', tg_op, tg_table_name using errcode = 'insufficient_privilege';
end $$;

create procedure platform.keep_law(counted regclass)
language plpgsql as $$
begin
    execute format('create trigger law_insert after insert on %s referencing new table as added
        for each statement execute function platform.count_added()', counted);
    execute format('create trigger law_delete after delete on %s referencing old table as removed
        for each statement execute function platform.count_removed()', counted);
    execute format('create trigger law_truncate before truncate on %s
        for each statement execute function platform.refuse()', counted);
    execute format('create trigger law_update after update on %s referencing old table as removed new table as added
        for each statement execute function platform.count_changed()', counted);
end $$;
comment on procedure platform.keep_law is 'Puts a table with a run_id under the law; every mart table calls it.';

call platform.keep_law('platform.exception');

create function platform.count_run() returns trigger
language plpgsql as $$
begin
    insert into platform.law_check (run_id) values (new.run_id) on conflict do nothing;
    return null;
end $$;
create trigger law_completed after update on platform.run for each row
when (
    (new.state = 'COMPLETED' or old.state = 'COMPLETED')
    and (new.state, new.rows_read) is distinct from (old.state, old.rows_read)
)
execute function platform.count_run();
create trigger law_born_completed after insert on platform.run for each row
when (new.state = 'COMPLETED')
execute function platform.count_run();
create trigger never_deleted before delete or truncate on platform.run
for each statement execute function platform.refuse();
create trigger never_deleted before delete on platform.exception
for each statement execute function platform.refuse();
