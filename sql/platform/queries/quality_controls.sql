-- How does each control fare? One row per declared rule; effectiveness: of its findings that a person closed, the confirmed ones.
with chosen as (
    select r.run_id
    from platform.run as r
    where
        r.state = 'COMPLETED'
        and (%(dataset)s = '' or r.dataset = %(dataset)s)
        and (%(first_at)s::timestamptz is null or r.started_at >= %(first_at)s)
        and (%(end_at)s::timestamptz is null or r.started_at < %(end_at)s)
),

tallies as (
    select r.dataset, k.rule, count(*) as runs, sum(k.tested) as tested, sum(k.failed) as failed, sum(k.not_evaluated) as not_evaluated
    from platform.run_rule as k
    inner join chosen as c on c.run_id = k.run_id
    inner join platform.run as r on r.run_id = k.run_id
    group by r.dataset, k.rule
),

closed as (
    select distinct e.dataset, f.rule, e.exception_id, e.state in ('RELEASED', 'DISCARDED') as is_confirmed
    from platform.exception as e
    inner join chosen as c on c.run_id = e.run_id
    inner join platform.finding as f on f.run_id = e.run_id and f.line = e.line
    where
        e.state in ('RELEASED', 'WAIVED', 'DISCARDED') and e.closed_by <> 'system' and f.severity = 'error'
        and f.attempt <= e.attempts and not (e.was_loaded and e.state = 'RELEASED')
),

judged as (
    select dataset, rule, count(*) as closed_by_a_person, count(*) filter (where is_confirmed) as confirmed
    from closed
    group by dataset, rule
)

select
    l.dataset,
    l.code as rule,
    l.sentence,
    l.category,
    l.severity,
    l.column_name,
    coalesce(t.runs, 0) as runs,
    coalesce(t.tested, 0) as tested,
    coalesce(t.failed, 0) as failed,
    coalesce(t.not_evaluated, 0) as not_evaluated,
    case when coalesce(t.tested, 0) = 0 then 'NOT_EVALUATED' when t.failed = 0 then 'PASSED' else 'FAILED' end as control,
    coalesce(j.closed_by_a_person, 0) as closed_by_a_person,
    coalesce(j.confirmed, 0) as confirmed,
    round(j.confirmed / nullif(j.closed_by_a_person, 0)::numeric, 6) as effectiveness
from platform.rule as l
left join tallies as t on t.dataset = l.dataset and t.rule = l.code
left join judged as j on j.dataset = l.dataset and j.rule = l.code
where %(dataset)s = '' or l.dataset = %(dataset)s
order by coalesce(t.failed, 0) desc, l.dataset, l.position
