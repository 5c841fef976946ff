-- Add what the figures of a run lack to be what its rows add up to. One row per group that differs.
insert into telco_packages.package_counts (
    run_id, operator, city, line_of_service, file_date, area, price_tier, validity_group, package_type, packages,
    price_sum_idr
)
select
    run_id, operator, city, line_of_service, file_date, area, price_tier, validity_group, package_type, sum(packages),
    sum(price_sum_idr)
from (
    select
        run_id, operator, city, line_of_service, file_date, area, price_tier, validity_group, package_type,
        1 as packages, price_idr as price_sum_idr
    from telco_packages.packages where run_id = %(run_id)s
    union all
    select
        run_id, operator, city, line_of_service, file_date, area, price_tier, validity_group, package_type,
        -packages, -price_sum_idr
    from telco_packages.package_counts where run_id = %(run_id)s
) as both_sides
group by run_id, operator, city, line_of_service, file_date, area, price_tier, validity_group, package_type
having sum(packages) <> 0 or sum(price_sum_idr) <> 0
