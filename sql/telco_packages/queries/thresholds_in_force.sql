-- Which price thresholds were in force at the end of a period? One row per operator and start.
select
    coalesce(operator, 'all') as operator,
    case when starts_on = '-infinity' then 'the beginning' else starts_on::text end as starts_on,
    medium_from_idr,
    high_from_idr,
    created_by
from telco_packages.price_threshold
where
    (%(end_at)s::timestamptz is null or created_at < %(end_at)s)
    and (removed_at is null or removed_at >= %(end_at)s)
order by operator nulls first, price_threshold.starts_on
