-- The figures of the sales report. Grain: as each view's comment says; all are sums over revenue_by_group.
create view sales_orders.revenue_by_group as
select
    g.ordered_on,
    g.region,
    g.product,
    coalesce(p.category, 'Uncategorised') as category,
    sum(g.orders)::bigint as orders,
    sum(g.units)::bigint as units,
    sum(g.revenue_inr) as revenue_inr
from (
    select ordered_on, region, product, orders, units, revenue_inr from sales_orders.revenue_folded
    union all
    select ordered_on, region, product, orders, units, revenue_inr from sales_orders.revenue_change
) as g
left join sales_orders.products as p on p.product = g.product
group by g.ordered_on, g.region, g.product, p.category
having sum(g.orders) <> 0;
comment on view sales_orders.revenue_by_group is 'Orders, units and revenue by day, region and product.';

create view sales_orders.waiting as
with open_orders as (
    select
        (e.typed ->> 'revenue_inr')::numeric as revenue_inr,
        exists (select 1 from sales_orders.orders as o where o.order_id = e.typed ->> 'order_id') as is_loaded
    from platform.exception as e
    where e.dataset = 'sales_orders' and e.state = 'OPEN'
)

select
    coalesce(sum(revenue_inr) filter (where revenue_inr >= 0 and not is_loaded), 0) as revenue_waiting_inr,
    count(*) filter (where revenue_inr >= 0 and not is_loaded) as open_exceptions_with_waiting_revenue,
    count(*) filter (where revenue_inr is null or revenue_inr < 0 or is_loaded) as open_exceptions_without
from open_orders;
comment on view sales_orders.waiting is 'Revenue that waits in open exceptions whose order is not loaded, and the number of those without such a value.';

create function sales_orders.figures_between(first_day date, last_day date)
returns table (
    revenue_inr numeric, orders bigint, average_order_value_inr numeric, active_products bigint, units bigint,
    revenue_inr_before numeric, orders_before bigint, average_order_value_inr_before numeric,
    active_products_before bigint, units_before bigint
)
language sql stable as $$
    with days as (
        select *, g.ordered_on >= first_day as is_now
        from sales_orders.revenue_by_group as g
        where g.ordered_on between first_day - (last_day - first_day + 1) and last_day
    )

    select
        coalesce(sum(d.revenue_inr) filter (where d.is_now), 0),
        coalesce(sum(d.orders) filter (where d.is_now), 0)::bigint,
        round(sum(d.revenue_inr) filter (where d.is_now) / nullif(sum(d.orders) filter (where d.is_now), 0), 2),
        count(distinct d.product) filter (where d.is_now and d.revenue_inr > 0),
        coalesce(sum(d.units) filter (where d.is_now), 0)::bigint,
        coalesce(sum(d.revenue_inr) filter (where not d.is_now), 0),
        coalesce(sum(d.orders) filter (where not d.is_now), 0)::bigint,
        round(sum(d.revenue_inr) filter (where not d.is_now) / nullif(sum(d.orders) filter (where not d.is_now), 0), 2),
        count(distinct d.product) filter (where not d.is_now and d.revenue_inr > 0),
        coalesce(sum(d.units) filter (where not d.is_now), 0)::bigint
    from days as d
$$;
comment on function sales_orders.figures_between is 'The figures of a period, both days included, beside those of the equally long period before.';

create view sales_orders.figures as
select
    coalesce(sum(g.revenue_inr), 0) as revenue_inr,
    coalesce(sum(g.orders), 0)::bigint as orders,
    round(sum(g.revenue_inr) / nullif(sum(g.orders), 0), 2) as average_order_value_inr,
    count(distinct g.product) filter (where g.revenue_inr > 0) as active_products,
    coalesce(sum(g.units), 0)::bigint as units,
    min(g.ordered_on) as first_ordered_on,
    max(g.ordered_on) as last_ordered_on,
    count(distinct g.ordered_on) as days_with_orders,
    (select w.revenue_waiting_inr from sales_orders.waiting as w) as revenue_waiting_inr
from sales_orders.revenue_by_group as g;
comment on view sales_orders.figures is 'The figures over all time, beside the revenue that waits.';

create view sales_orders.by_region as
select region, sum(revenue_inr) as revenue_inr, sum(orders)::bigint as orders, sum(units)::bigint as units
from sales_orders.revenue_by_group
group by region;
comment on view sales_orders.by_region is 'Revenue, orders and units by region.';

create view sales_orders.by_category as
select category, sum(revenue_inr) as revenue_inr, sum(orders)::bigint as orders, sum(units)::bigint as units
from sales_orders.revenue_by_group
group by category;
comment on view sales_orders.by_category is 'Revenue, orders and units by category.';

create view sales_orders.by_product as
select
    product,
    category,
    sum(revenue_inr) as revenue_inr,
    sum(orders)::bigint as orders,
    sum(units)::bigint as units
from sales_orders.revenue_by_group
group by product, category;
comment on view sales_orders.by_product is 'Revenue, orders and units by product.';

create view sales_orders.by_day as
select ordered_on, sum(revenue_inr) as revenue_inr, sum(orders)::bigint as orders, sum(units)::bigint as units
from sales_orders.revenue_by_group
group by ordered_on;
comment on view sales_orders.by_day is 'Revenue, orders and units by day.';

create view sales_orders.by_month as
with months as (
    select
        date_trunc('month', ordered_on)::date as order_month,
        sum(revenue_inr) as revenue_inr,
        sum(orders)::bigint as orders,
        sum(units)::bigint as units
    from sales_orders.revenue_by_group
    group by date_trunc('month', ordered_on)::date
)

select
    m.order_month,
    m.revenue_inr,
    m.orders,
    m.units,
    m.revenue_inr - b.revenue_inr as revenue_change_inr
from months as m
left join months as b on b.order_month = (m.order_month - interval '1 month')::date;
comment on view sales_orders.by_month is 'Revenue, orders and units by month, with the change against the month before.';
