-- Which held rows were open at the end of a period, and how old? One row per dataset and category; age in days then.
with still_open as (
    select
        e.dataset,
        e.category,
        e.opened_at,
        extract(epoch from coalesce(%(end_at)s::timestamptz, now()) - e.opened_at) / 86400 as age_days,
        (
            select sum(v.value::numeric)
            from jsonb_each_text(e.typed) as v
            where v.key = any(%(amounts)s) and v.value::numeric > 0
        ) as amount
    from platform.exception as e
    where
        (%(end_at)s::timestamptz is null or e.opened_at < %(end_at)s)
        and (e.closed_at is null or e.closed_at >= %(end_at)s)
)

select
    dataset,
    category,
    count(*) as rows_held,
    min(opened_at) as oldest_at,
    count(*) filter (where age_days < 1) as under_1,
    count(*) filter (where age_days >= 1 and age_days < 7) as under_7,
    count(*) filter (where age_days >= 7 and age_days < 30) as under_30,
    count(*) filter (where age_days >= 30) as over_30,
    sum(amount) as amount,
    count(*) filter (where amount is null) as without_amount
from still_open
group by dataset, category
order by dataset, rows_held desc, category
