-- How good was each file? One row per completed run of a period, newest first; a page begins after the run `before`.
with chosen as (
    select r.run_id, r.dataset, r.file_id, r.started_at, r.rows_read, r.rows_loaded_at_first_pass
    from platform.run as r
    where
        r.state = 'COMPLETED'
        and (%(dataset)s = '' or r.dataset = %(dataset)s)
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
    c.run_id,
    c.dataset,
    c.started_at,
    c.rows_read,
    f.base_name,
    h.rows_held,
    h.exceptions_open,
    coalesce(k.warnings, 0) as warnings,
    round(c.rows_loaded_at_first_pass / nullif(c.rows_read, 0)::numeric, 6) as first_pass_quality,
    round((c.rows_read - h.rows_held) / nullif(c.rows_read, 0)::numeric, 6) as final_quality,
    round(k.passed / nullif(k.evaluated, 0)::numeric, 6) as check_pass_rate,
    round(h.rows_held / nullif(c.rows_read, 0)::numeric, 6) as exception_rate
from chosen as c
inner join platform.file as f on f.file_id = c.file_id
left join lateral (
    select
        count(*) filter (where e.state in ('OPEN', 'DISCARDED', 'SUPERSEDED')) as rows_held,
        count(*) filter (where e.state = 'OPEN') as exceptions_open
    from platform.exception as e
    where e.run_id = c.run_id
) as h on true
left join lateral (
    select
        sum(r.tested) filter (where r.severity = 'error') as evaluated,
        sum(r.tested - r.failed) filter (where r.severity = 'error') as passed,
        sum(r.failed) filter (where r.severity = 'warning') as warnings
    from platform.run_rule as r
    where r.run_id = c.run_id
) as k on true
order by c.started_at desc, c.run_id desc
