-- Which rules break together? One row per pair, most rows first: held rows that broke both as the file gave them.
with held as (
    select e.dataset, e.run_id, e.line
    from platform.exception as e
    inner join platform.run as r on r.run_id = e.run_id
    where
        r.state = 'COMPLETED'
        and (%(dataset)s = '' or r.dataset = %(dataset)s)
        and (%(first_at)s::timestamptz is null or r.started_at >= %(first_at)s)
        and (%(end_at)s::timestamptz is null or r.started_at < %(end_at)s)
),

broken as (
    select h.dataset, array_agg(distinct f.rule order by f.rule) as rules
    from held as h
    inner join platform.finding as f on f.run_id = h.run_id and f.line = h.line and f.attempt = 0
    group by h.dataset, h.run_id, h.line
),

sets as (
    select dataset, rules, count(*) as rows_held from broken group by dataset, rules
),

alone as (
    select s.dataset, one.rule, sum(s.rows_held) as rows_held
    from sets as s cross join lateral unnest(s.rules) as one (rule)
    group by s.dataset, one.rule
),

pairs as (
    select s.dataset, a.rule as one, b.rule as other, sum(s.rows_held) as rows_held
    from sets as s
    cross join lateral unnest(s.rules) as a (rule)
    cross join lateral unnest(s.rules) as b (rule)
    where a.rule < b.rule
    group by s.dataset, a.rule, b.rule
)

select
    p.dataset,
    p.one,
    p.other,
    p.rows_held,
    x.rows_held as rows_of_one,
    y.rows_held as rows_of_other
from pairs as p
inner join alone as x on x.dataset = p.dataset and x.rule = p.one
inner join alone as y on y.dataset = p.dataset and y.rule = p.other
order by p.rows_held desc, p.dataset, p.one, p.other
