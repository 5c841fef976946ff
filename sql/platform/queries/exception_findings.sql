-- What is wrong with a held row, as of its last attempt? One row per finding, with the sentence that should hold.
select
    f.rule,
    f.category,
    f.severity,
    f.column_name,
    f.value,
    f.message,
    r.sentence,
    r.may_be_waived
from platform.exception as e
inner join platform.finding as f on f.run_id = e.run_id and f.line = e.line and f.attempt = e.attempts
left join platform.rule as r on r.dataset = e.dataset and r.code = f.rule
where e.exception_id = %(exception_id)s
order by f.severity, r.position
