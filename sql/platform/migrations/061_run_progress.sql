-- How far is a run that is under way? Grain: one row per run; removed when it ends.
create table platform.run_progress (
    run_id uuid primary key,
    bytes_total bigint not null,
    bytes_judged bigint not null,
    rows_judged bigint not null,
    rows_held bigint not null,
    rows_written bigint not null,
    told_at timestamptz not null default now()
);
comment on table platform.run_progress is 'What people who watch are told meanwhile; written about once a second and only where it moved.';
comment on column platform.run_progress.run_id is 'Run under way.';
comment on column platform.run_progress.bytes_total is 'Bytes of its file as UTF-8.';
comment on column platform.run_progress.bytes_judged is 'Bytes of it that were read and judged.';
comment on column platform.run_progress.rows_judged is 'Rows that were judged.';
comment on column platform.run_progress.rows_held is 'Rows of them that have errors.';
comment on column platform.run_progress.rows_written is 'Rows written, which nobody sees before the run is published.';
comment on column platform.run_progress.told_at is 'When this was told (UTC).';
