-- Add what the figures lack to be what the rows add up to. One row per day, region and product that differ.
insert into sales_orders.revenue_change (run_id, ordered_on, region, product, orders, units, revenue_inr)
select %(run_id)s, ordered_on, region, product, sum(orders), sum(units), sum(revenue_inr)
from (
    select ordered_on, region, product, 1 as orders, quantity as units, revenue_inr from sales_orders.orders
    union all
    select ordered_on, region, product, -orders, -units, -revenue_inr from sales_orders.revenue_by_group
) as both_sides
group by ordered_on, region, product
having sum(orders) <> 0 or sum(units) <> 0 or sum(revenue_inr) <> 0
