-- Which runs were the last ones? One row per run, newest first.
select
    r.run_id,
    r.dataset,
    r.state,
    r.started_at,
    coalesce(r.ended_at, clock_timestamp()) - r.started_at as taken,
    f.base_name,
    f.state as file_state,
    f.batch,
    r.rows_read,
    m.rows_loaded,
    m.rows_held,
    r.reason,
    f.state = 'DUPLICATE' and f.run_id = r.run_id as is_duplicate,
    r.state = 'RUNNING' and (f.run_id <> r.run_id or f.lease_expires_at < now()) as is_silent
from platform.run as r
inner join platform.file as f on f.file_id = r.file_id
left join platform.run_measures as m on m.run_id = r.run_id
order by r.started_at desc, r.run_id desc
limit %(limit)s
