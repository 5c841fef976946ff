-- What did people change in a period? One row per dataset, act, column or outcome, and account.
select c.dataset, 'Loaded cell: ' || lower(c.kind) as act, c.column_name as what, c.made_by, count(*) as times
from platform.correction as c
where
    (%(first_at)s::timestamptz is null or c.made_at >= %(first_at)s)
    and (%(end_at)s::timestamptz is null or c.made_at < %(end_at)s)
group by c.dataset, c.kind, c.column_name, c.made_by
union all
select e.dataset, 'Held row', lower(replace(x.outcome, '_', ' ')), x.made_by, count(*)
from platform.exception_correction as x
inner join platform.exception as e on e.exception_id = x.exception_id
where
    (%(first_at)s::timestamptz is null or x.made_at >= %(first_at)s)
    and (%(end_at)s::timestamptz is null or x.made_at < %(end_at)s)
group by e.dataset, x.outcome, x.made_by
union all
select r.dataset, 'Run that waited', lower(replace(d.decision, '_', ' ')), d.made_by, count(*)
from platform.review_decision as d
inner join platform.run as r on r.run_id = d.run_id
where
    (%(first_at)s::timestamptz is null or d.made_at >= %(first_at)s)
    and (%(end_at)s::timestamptz is null or d.made_at < %(end_at)s)
group by r.dataset, d.decision, d.made_by
order by 1, 2, 3, 4
