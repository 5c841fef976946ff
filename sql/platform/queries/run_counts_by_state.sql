-- How many runs are there in each state? One row per state, for the runs of a dataset and a period.
select
    case when f.state = 'DUPLICATE' and f.run_id = r.run_id then 'DUPLICATE' else r.state end as state,
    count(*) as runs
from platform.run as r
inner join platform.file as f on f.file_id = r.file_id
where
    (%(dataset)s = '' or r.dataset = %(dataset)s)
    and (%(first_at)s::timestamptz is null or r.started_at >= %(first_at)s)
    and (%(end_at)s::timestamptz is null or r.started_at < %(end_at)s)
group by 1
