-- Which pickup runs watch the bucket (one row each), and the upkeep of a dataset after a load.
create table platform.watcher (
    run_id uuid primary key,
    worker text not null,
    started_at timestamptz not null default now(),
    seen_at timestamptz not null default now()
);
comment on table platform.watcher is 'Pickup runs that watch the bucket; a worker starts another one when its own falls silent.';
comment on column platform.watcher.run_id is 'Prefect flow run.';
comment on column platform.watcher.worker is 'Worker on which it runs.';
comment on column platform.watcher.started_at is 'Start (UTC).';
comment on column platform.watcher.seen_at is 'Last sign of life (UTC).';

create function platform.fold_dataset(dataset_name text) returns void
language plpgsql as $$
declare
    brin_index record;
begin
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
comment on function platform.fold_dataset is 'Folds the changes of a dataset, if it has a fold(), and keeps its run indexes summarized.';
