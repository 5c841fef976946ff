-- How many runs match? One row; the same conditions as the list of runs.
select count(*) as runs
from platform.run as r
inner join platform.file as f on f.file_id = r.file_id
where
    (%(dataset)s = '' or r.dataset = %(dataset)s)
    and (
        %(state)s = ''
        or (%(state)s = 'DUPLICATE' and f.state = 'DUPLICATE' and f.run_id = r.run_id)
        or (r.state = %(state)s and (r.state <> 'REJECTED' or f.state <> 'DUPLICATE' or f.run_id <> r.run_id))
    )
    and (%(file)s = '' or f.base_name ilike %(file_pattern)s or f.file_id::text = %(file)s)
    and (%(batch)s = '' or f.batch = %(batch)s)
    and (%(first_at)s::timestamptz is null or r.started_at >= %(first_at)s)
    and (%(end_at)s::timestamptz is null or r.started_at < %(end_at)s)
