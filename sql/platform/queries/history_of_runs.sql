-- How many rows had the runs of a dataset? One row per completed run up to the end of a period, newest first.
select r.run_id, r.started_at, r.rows_read, f.base_name
from platform.run as r
inner join platform.file as f on f.file_id = r.file_id
where
    r.state = 'COMPLETED' and r.dataset = %(dataset)s
    and (%(end_at)s::timestamptz is null or r.started_at < %(end_at)s)
order by r.started_at desc, r.run_id desc
limit %(limit)s
