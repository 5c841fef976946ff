-- Which figures are not what the rows add up to? One row per day, region and product, and per open exception whose
-- values are not kept as they are; none where all agree.
with counted as (
    select ordered_on, region, product, count(*) as orders, sum(quantity) as units, sum(revenue_inr) as revenue_inr
    from sales_orders.orders group by ordered_on, region, product
),

held as (
    select e.exception_id, o.order_id, o.ordered_on, o.region, o.product, o.revenue_inr
    from platform.exception as e cross join lateral sales_orders.order_of(e.typed) as o
    where e.dataset = 'sales_orders' and e.state = 'OPEN'
)

(
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
)
union all
(
    select
        'held_orders',
        'exception ' || exception_id,
        case when k.order_id is not null then to_jsonb(k)::text end,
        case when h.order_id is not null then to_jsonb(h)::text end
    from held as h
    full join sales_orders.held_orders as k using (exception_id)
    where (k.order_id, k.ordered_on, k.region, k.product, k.revenue_inr)
        is distinct from (h.order_id, h.ordered_on, h.region, h.product, h.revenue_inr)
    order by exception_id limit 100
)
