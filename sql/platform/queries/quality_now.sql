-- How good is what came in, against the targets? One row per dataset; no value where there are no rows.
with checks as (
    select
        r.dataset,
        sum(k.tested - k.failed)::numeric as passed,
        sum(k.tested)::numeric as evaluated
    from platform.run_rule as k
    inner join platform.run as r on r.run_id = k.run_id and r.state = 'COMPLETED'
    where k.severity = 'error'
    group by r.dataset
)

select
    d.name as dataset,
    d.title,
    m.runs,
    m.rows_read,
    m.rows_loaded,
    m.rows_held,
    m.exceptions_open,
    m.first_pass_quality,
    m.final_quality,
    m.exception_rate,
    round(c.passed / nullif(c.evaluated, 0), 6) as check_pass_rate
from platform.dataset as d
left join platform.dataset_measures as m on m.dataset = d.name
left join checks as c on c.dataset = d.name
order by d.name
