-- How many held rows are there of each kind? One row per dataset, category and rule as of the last attempt.
with broken as (
    select distinct on (f.run_id, f.line, f.attempt, f.rule) e.dataset, e.category, f.rule
    from platform.exception as e
    inner join platform.finding as f
        on f.run_id = e.run_id and f.line = e.line and f.attempt = e.attempts and f.severity = 'error'
    where (%(state)s = '' or e.state = %(state)s) and (%(dataset)s = '' or e.dataset = %(dataset)s)
)

select dataset, category, rule, count(*) as exceptions
from broken
group by dataset, category, rule
order by exceptions desc, dataset, rule
