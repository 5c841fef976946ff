-- Which figures are not what the rows add up to? One row per group of a run, one per operator; none where all agree.
with counted as (
    select
        run_id, operator, city, line_of_service, file_date, area, price_tier, validity_group, package_type,
        count(*) as packages, sum(price_idr) as price_sum_idr
    from telco_packages.packages
    group by run_id, operator, city, line_of_service, file_date, area, price_tier, validity_group, package_type
),

kept as (
    select
        run_id, operator, city, line_of_service, file_date, area, price_tier, validity_group, package_type,
        sum(packages) as packages, sum(price_sum_idr) as price_sum_idr
    from telco_packages.package_counts
    group by run_id, operator, city, line_of_service, file_date, area, price_tier, validity_group, package_type
    having sum(packages) <> 0 or sum(price_sum_idr) <> 0
),

priced as (
    select p.operator, p.price_idr / nullif(p.headline_quota_gb, 0) as price_per_gb_idr
    from telco_packages.packages as p
    inner join telco_packages.snapshots as s
        on s.operator = p.operator and s.city = p.city and s.line_of_service = p.line_of_service
        and s.file_date = p.file_date and s.is_latest
    where p.replaced_by_run is null
),

spread as (
    select
        operator,
        count(*) as packages,
        count(*) filter (where price_per_gb_idr is null) as packages_without_quota,
        round(percentile_cont(0.5) within group (order by price_per_gb_idr)::numeric, 2) as median_price_per_gb_idr
    from priced group by operator
)

(
    select
        'package_counts' as figure,
        concat_ws(
            ' · ', left(run_id::text, 8), operator, city, line_of_service, file_date, area, price_tier, validity_group,
            package_type
        ) as of_what,
        to_jsonb(array[k.packages, k.price_sum_idr])::text as stored,
        to_jsonb(array[c.packages, c.price_sum_idr])::text as computed
    from counted as c
    full join kept as k
        using (run_id, operator, city, line_of_service, file_date, area, price_tier, validity_group, package_type)
    where (k.packages, k.price_sum_idr) is distinct from (c.packages, c.price_sum_idr)
    order by of_what limit 100
)
union all
(
    select
        'operator_price_per_gb',
        operator,
        to_jsonb(array[k.packages, k.packages_without_quota, k.median_price_per_gb_idr])::text,
        to_jsonb(array[s.packages, s.packages_without_quota, s.median_price_per_gb_idr])::text
    from spread as s
    full join telco_packages.operator_price_per_gb as k using (operator)
    where (k.packages, k.packages_without_quota, k.median_price_per_gb_idr)
        is distinct from (s.packages, s.packages_without_quota, s.median_price_per_gb_idr)
    order by operator limit 100
)
