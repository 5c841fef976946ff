-- How many packages has each tier? One row per operator and tier, over the packages in force.
select operator, price_tier, count(*) as packages
from telco_packages.packages
where replaced_by_run is null
group by operator, price_tier
