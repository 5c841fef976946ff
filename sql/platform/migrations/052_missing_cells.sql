-- How many cells of each column are missing? Grain: one row per run and CSV column; a column that is absent is missing everywhere.
create table platform.run_column (
    run_id uuid not null references platform.run,
    column_name text not null,
    tested bigint not null,
    missing bigint not null,
    primary key (run_id, column_name)
);
comment on table platform.run_column is 'Missing cells of every declared column of every run, counted while its rows were judged.';
comment on column platform.run_column.run_id is 'Run.';
comment on column platform.run_column.column_name is 'CSV column.';
comment on column platform.run_column.tested is 'Rows that could be read as fields.';
comment on column platform.run_column.missing is 'Rows whose cell is empty or a word for nothing.';

create view platform.run_missing as
select
    k.run_id,
    l.column_name,
    k.tested,
    k.failed as missing,
    'rule' as source
from platform.run_rule as k
inner join platform.run as r on r.run_id = k.run_id
inner join platform.rule as l on l.dataset = r.dataset and l.code = k.rule and l.code = l.column_name || '_present'
union all
select c.run_id, c.column_name, c.tested, c.missing, 'count'
from platform.run_column as c
inner join platform.run as r on r.run_id = c.run_id
where
    not exists (
        select 1 from platform.run_rule as k where k.run_id = c.run_id and k.rule = c.column_name || '_present'
    );
comment on view platform.run_missing is 'Missing cells by run and column: by the rule that it is filled where there is one, else counted while judging.';
