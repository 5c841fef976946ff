-- How many runs are there in each state? One row per state; the conditions of the list of runs, without that of the state.
select
    case when f.state = 'DUPLICATE' and f.run_id = r.run_id then 'DUPLICATE' else r.state end as state,
    count(*) as runs
from platform.run as r
inner join platform.file as f on f.file_id = r.file_id
where
    (%(dataset)s = '' or r.dataset = %(dataset)s)
    and (%(file)s = '' or f.base_name ilike %(file_pattern)s or f.file_id::text = %(file)s)
    and (%(batch)s = '' or f.batch = %(batch)s)
    and (%(first_at)s::timestamptz is null or r.started_at >= %(first_at)s)
    and (%(end_at)s::timestamptz is null or r.started_at < %(end_at)s)
group by 1
