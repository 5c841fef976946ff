-- Add what the figures lack to be what the rows add up to, and keep the values of open exceptions as they are.
with held as (
    select e.exception_id, o.order_id, o.ordered_on, o.region, o.product, o.revenue_inr
    from platform.exception as e cross join lateral sales_orders.order_of(e.typed) as o
    where e.dataset = 'sales_orders' and e.state = 'OPEN'
),

taken_away as (
    delete from sales_orders.held_orders as k
    where not exists (select 1 from held as h where h.exception_id = k.exception_id and h.order_id = k.order_id)
),

kept as (
    insert into sales_orders.held_orders (order_id, exception_id, ordered_on, region, product, revenue_inr)
    select h.order_id, h.exception_id, h.ordered_on, h.region, h.product, h.revenue_inr
    from held as h
    left join sales_orders.held_orders as s on s.exception_id = h.exception_id and s.order_id = h.order_id
    where
        s.order_id is null
        or (s.ordered_on, s.region, s.product, s.revenue_inr)
        is distinct from (h.ordered_on, h.region, h.product, h.revenue_inr)
    on conflict (order_id, exception_id) do update set
        ordered_on = excluded.ordered_on,
        region = excluded.region,
        product = excluded.product,
        revenue_inr = excluded.revenue_inr
)

insert into sales_orders.revenue_change (run_id, ordered_on, region, product, orders, units, revenue_inr)
select %(run_id)s, ordered_on, region, product, sum(orders), sum(units), sum(revenue_inr)
from (
    select ordered_on, region, product, 1 as orders, quantity as units, revenue_inr from sales_orders.orders
    union all
    select ordered_on, region, product, -orders, -units, -revenue_inr from sales_orders.revenue_by_group
) as both_sides
group by ordered_on, region, product
having sum(orders) <> 0 or sum(units) <> 0 or sum(revenue_inr) <> 0
