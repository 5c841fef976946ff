-- What does a GB cost at the operators that a run touched? One row per operator, over its latest snapshots.
with touched as (
    select distinct operator from telco_packages.packages
    where run_id = %(run_id)s or replaced_by_run = %(run_id)s
),

priced as (
    select
        p.operator,
        p.price_idr / nullif(p.headline_quota_gb, 0) as price_per_gb_idr
    from telco_packages.packages as p
    inner join touched as t on t.operator = p.operator
    inner join telco_packages.snapshots as s
        on s.operator = p.operator and s.city = p.city and s.line_of_service = p.line_of_service
        and s.file_date = p.file_date and s.is_latest
    where p.replaced_by_run is null
),

gone as (
    delete from telco_packages.operator_price_per_gb as o using touched as t
    where o.operator = t.operator and not exists (select 1 from priced as p where p.operator = o.operator)
)

insert into telco_packages.operator_price_per_gb as o (
    operator, packages, packages_without_quota, lowest_price_per_gb_idr, quartile_1_price_per_gb_idr,
    median_price_per_gb_idr, quartile_3_price_per_gb_idr, highest_price_per_gb_idr
)
select
    operator,
    count(*),
    count(*) filter (where price_per_gb_idr is null),
    round(min(price_per_gb_idr), 2),
    round(percentile_cont(0.25) within group (order by price_per_gb_idr)::numeric, 2),
    round(percentile_cont(0.5) within group (order by price_per_gb_idr)::numeric, 2),
    round(percentile_cont(0.75) within group (order by price_per_gb_idr)::numeric, 2),
    round(max(price_per_gb_idr), 2)
from priced
group by operator
on conflict (operator) do update set
    packages = excluded.packages,
    packages_without_quota = excluded.packages_without_quota,
    lowest_price_per_gb_idr = excluded.lowest_price_per_gb_idr,
    quartile_1_price_per_gb_idr = excluded.quartile_1_price_per_gb_idr,
    median_price_per_gb_idr = excluded.median_price_per_gb_idr,
    quartile_3_price_per_gb_idr = excluded.quartile_3_price_per_gb_idr,
    highest_price_per_gb_idr = excluded.highest_price_per_gb_idr
