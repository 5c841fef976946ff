-- How good is what came in? One row per dataset, per business day, and one for all, of the completed runs of a period.
with chosen as (
    select
        r.run_id,
        r.dataset,
        (r.started_at at time zone %(zone)s)::date as started_on,
        r.rows_read,
        r.rows_loaded_at_first_pass
    from platform.run as r
    where
        r.state = 'COMPLETED'
        and (%(dataset)s = '' or r.dataset = %(dataset)s)
        and (%(first_at)s::timestamptz is null or r.started_at >= %(first_at)s)
        and (%(end_at)s::timestamptz is null or r.started_at < %(end_at)s)
),

held as (
    select
        e.run_id,
        count(*) filter (where e.state in ('OPEN', 'DISCARDED', 'SUPERSEDED')) as rows_held,
        count(*) filter (where e.state = 'OPEN') as exceptions_open
    from platform.exception as e
    inner join chosen as c on c.run_id = e.run_id
    group by e.run_id
),

checks as (
    select
        k.run_id,
        sum(k.tested) filter (where k.severity = 'error') as evaluated,
        sum(k.tested - k.failed) filter (where k.severity = 'error') as passed,
        sum(k.failed) filter (where k.severity = 'warning') as warnings
    from platform.run_rule as k
    inner join chosen as c on c.run_id = k.run_id
    group by k.run_id
)

select
    c.dataset,
    c.started_on,
    count(*) as runs,
    sum(c.rows_read) as rows_read,
    sum(c.rows_read) - coalesce(sum(h.rows_held), 0) as rows_loaded,
    coalesce(sum(h.rows_held), 0) as rows_held,
    coalesce(sum(h.exceptions_open), 0) as exceptions_open,
    coalesce(sum(k.warnings), 0) as warnings,
    sum(k.evaluated) as checks_evaluated,
    sum(k.passed) as checks_passed,
    round(sum(c.rows_loaded_at_first_pass) / nullif(sum(c.rows_read), 0)::numeric, 6) as first_pass_quality,
    round((sum(c.rows_read) - coalesce(sum(h.rows_held), 0)) / nullif(sum(c.rows_read), 0)::numeric, 6) as final_quality,
    round(sum(k.passed) / nullif(sum(k.evaluated), 0)::numeric, 6) as check_pass_rate,
    round(coalesce(sum(h.rows_held), 0) / nullif(sum(c.rows_read), 0)::numeric, 6) as exception_rate
from chosen as c
left join held as h on h.run_id = c.run_id
left join checks as k on k.run_id = c.run_id
group by grouping sets ((), (c.dataset), (c.started_on))
order by c.started_on, c.dataset
