-- What changed between two snapshots? One row per changed package with the number of its kind, the largest change of
-- price first; gone and new ones after those.
select
    change,
    commercial_name,
    package_name,
    price_before_idr,
    price_idr,
    count(*) over (partition by change) as packages
from telco_packages.changes_between(
    %(operator)s, %(city)s, %(line_of_service)s, %(day_before)s::date, %(day_after)s::date
)
order by abs(price_idr - price_before_idr) desc nulls last, change, package_name, commercial_name
