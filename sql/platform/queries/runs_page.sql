-- Which runs match, newest first? One row per run; a page begins after the run `before`, where there is one.
with page as (
    select r.run_id, r.file_id, r.dataset, r.state, r.started_at, r.ended_at, r.rows_read, r.reason, r.warnings
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
        and (
            %(before)s::uuid is null
            or (r.started_at, r.run_id) < (select b.started_at, b.run_id from platform.run as b where b.run_id = %(before)s)
        )
    order by r.started_at desc, r.run_id desc
    limit %(limit)s
)

select
    page.run_id,
    page.dataset,
    page.state,
    page.started_at,
    coalesce(page.ended_at, clock_timestamp()) - page.started_at as taken,
    page.rows_read,
    page.rows_read - held.rows_held as rows_loaded,
    held.rows_held,
    held.exceptions_open,
    page.reason,
    cardinality(page.warnings) as warnings,
    f.file_id,
    f.base_name,
    f.batch,
    f.state = 'DUPLICATE' and f.run_id = page.run_id as is_duplicate,
    page.state = 'RUNNING' and (f.run_id <> page.run_id or f.lease_expires_at < now()) as is_silent
from page
inner join platform.file as f on f.file_id = page.file_id
left join lateral (
    select
        count(*) filter (where e.state in ('OPEN', 'DISCARDED', 'SUPERSEDED')) as rows_held,
        count(*) filter (where e.state = 'OPEN') as exceptions_open
    from platform.exception as e
    where e.run_id = page.run_id
) as held on page.state = 'COMPLETED'
order by page.started_at desc, page.run_id desc
