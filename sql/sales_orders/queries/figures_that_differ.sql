-- Which figures are not what the rows add up to? One row per day, region and product; none where all agree.
with counted as (
    select ordered_on, region, product, count(*) as orders, sum(quantity) as units, sum(revenue_inr) as revenue_inr
    from sales_orders.orders group by ordered_on, region, product
)

select
    'revenue_by_group' as figure,
    concat_ws(' · ', ordered_on, region, product) as of_what,
    to_jsonb(array[k.orders, k.units, k.revenue_inr])::text as stored,
    to_jsonb(array[c.orders, c.units, c.revenue_inr])::text as computed
from counted as c
full join (select * from sales_orders.revenue_by_group where orders <> 0 or units <> 0 or revenue_inr <> 0) as k
    using (ordered_on, region, product)
where (k.orders, k.units, k.revenue_inr) is distinct from (c.orders, c.units, c.revenue_inr)
order by of_what limit 100
