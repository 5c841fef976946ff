-- What does a GB cost? One row per operator, and one without an operator for all of them together; packages without
-- an amount (unlimited, per day, unknown) are left out and counted.
with priced as (
    select
        p.operator,
        p.price_idr,
        p.price_idr / nullif(p.headline_quota_gb, 0) as price_per_gb_idr
    from telco_packages.packages as p
    inner join telco_packages.snapshots as s
        on s.operator = p.operator and s.city = p.city and s.line_of_service = p.line_of_service
        and s.file_date = p.file_date
    where
        p.replaced_by_run is null
        and case when %(file_date)s::date is null then s.is_latest else s.file_date = %(file_date)s end
        and (%(operator)s = '' or p.operator = %(operator)s)
        and (%(city)s = '' or p.city = %(city)s)
        and (%(line_of_service)s = '' or p.line_of_service = %(line_of_service)s)
        and (%(area)s = '' or p.area::text = %(area)s)
        and (%(price_tier)s = '' or p.price_tier = %(price_tier)s)
        and (%(validity_group)s = '' or p.validity_group = %(validity_group)s)
        and (%(package_type)s = '' or p.package_type = %(package_type)s)
)

select
    operator,
    count(*) as packages,
    count(*) filter (where price_per_gb_idr is null) as packages_without_quota,
    round(avg(price_idr), 2) as mean_price_idr,
    round(min(price_per_gb_idr), 2) as lowest_price_per_gb_idr,
    round(percentile_cont(0.25) within group (order by price_per_gb_idr)::numeric, 2) as quartile_1_price_per_gb_idr,
    round(percentile_cont(0.5) within group (order by price_per_gb_idr)::numeric, 2) as median_price_per_gb_idr,
    round(percentile_cont(0.75) within group (order by price_per_gb_idr)::numeric, 2) as quartile_3_price_per_gb_idr,
    round(max(price_per_gb_idr), 2) as highest_price_per_gb_idr
from priced
group by grouping sets ((operator), ())
order by operator nulls first
