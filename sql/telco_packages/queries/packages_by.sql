-- How many packages are there by {by}, and what do they cost on average? One row per value of {by}, over the latest
-- snapshots or those of one day.
select
    {by} as value,
    sum(c.packages)::bigint as packages,
    round(sum(c.price_sum_idr) / nullif(sum(c.packages), 0), 2) as mean_price_idr
from telco_packages.package_counts as c
inner join platform.run as r on r.run_id = c.run_id and r.replaced_by_run is null
inner join telco_packages.snapshots as s
    on s.operator = c.operator and s.city = c.city and s.line_of_service = c.line_of_service
    and s.file_date = c.file_date
where
    case when %(file_date)s::date is null then s.is_latest else s.file_date = %(file_date)s end
    and (%(operator)s = '' or c.operator = %(operator)s)
    and (%(city)s = '' or c.city = %(city)s)
    and (%(line_of_service)s = '' or c.line_of_service = %(line_of_service)s)
    and (%(area)s = '' or c.area::text = %(area)s)
    and (%(price_tier)s = '' or c.price_tier = %(price_tier)s)
    and (%(validity_group)s = '' or c.validity_group = %(validity_group)s)
    and (%(package_type)s = '' or c.package_type = %(package_type)s)
group by {by}
having sum(c.packages) <> 0
order by {by}
