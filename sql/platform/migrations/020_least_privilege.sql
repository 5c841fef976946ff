-- What the database does for a role that may not do it itself: counting the law, chaining the audit, numbering batches.
create function platform.role_in_force(name text) returns text
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
    select a.role from platform.account as a where a.account = name and a.is_active for share
$$;
comment on function platform.role_in_force is 'Returns the role of an open account, which nobody can change until the transaction ends; null where there is none.';

create or replace function platform.fold_dataset(dataset_name text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    brin_index record;
begin
    if not exists (select 1 from platform.dataset as d where d.name = dataset_name) then
        raise exception 'there is no dataset %', dataset_name using errcode = 'invalid_parameter_value';
    end if;
    if to_regprocedure(format('%I.fold()', dataset_name)) is not null then
        execute format('select %I.fold()', dataset_name);
    end if;
    for brin_index in
        select i.indexrelid::regclass as name
        from pg_index as i
        inner join pg_class as c on c.oid = i.indexrelid
        inner join pg_am as a on a.oid = c.relam and a.amname = 'brin'
        inner join pg_class as t on t.oid = i.indrelid
        inner join pg_namespace as n on n.oid = t.relnamespace
        where n.nspname = dataset_name
    loop
        perform brin_summarize_new_values(brin_index.name);
    end loop;
end $$;

alter function platform.enforce_law() security definer set search_path = pg_catalog, pg_temp;
alter function platform.count_added() security definer set search_path = pg_catalog, pg_temp;
alter function platform.count_removed() security definer set search_path = pg_catalog, pg_temp;
alter function platform.count_changed() security definer set search_path = pg_catalog, pg_temp;
alter function platform.count_changed_exceptions() security definer set search_path = pg_catalog, pg_temp;
alter function platform.count_run() security definer set search_path = pg_catalog, pg_temp;
alter function platform.allow_transition() security definer set search_path = pg_catalog, pg_temp;
alter function platform.allocate_batch(date, text, text) security definer set search_path = pg_catalog, pg_temp;
alter function platform.seal_audit() security definer set search_path = pg_catalog, pg_temp;

revoke execute on function platform.role_in_force(text) from public;
revoke execute on function platform.fold_dataset(text) from public;
revoke execute on function platform.allocate_batch(date, text, text) from public;
revoke execute on function platform.seal_audit() from public;
