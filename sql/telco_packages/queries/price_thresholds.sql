-- From when on which prices are Medium and High? One row per entry; the beginning of time is the year 1.
select
    operator,
    greatest(starts_on, date '0001-01-01') as starts_on,
    medium_from_idr,
    high_from_idr
from telco_packages.price_threshold
where removed_at is null
order by operator, starts_on
