-- How many held rows are there of each kind? One row per dataset, category and rule as of the last attempt.
select
    e.dataset,
    e.category,
    f.rule,
    count(distinct e.exception_id) as exceptions
from platform.exception as e
inner join platform.finding as f
    on f.run_id = e.run_id and f.line = e.line and f.attempt = e.attempts and f.severity = 'error'
where (%(state)s = '' or e.state = %(state)s) and (%(dataset)s = '' or e.dataset = %(dataset)s)
group by e.dataset, e.category, f.rule
order by exceptions desc, e.dataset, f.rule
