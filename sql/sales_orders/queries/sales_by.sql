-- What did we sell by region, category, product, day or month? One row per value of {by} that has orders.
select
    {by} as value,
    sum(g.revenue_inr) as revenue_inr,
    sum(g.orders)::bigint as orders,
    sum(g.units)::bigint as units,
    round(sum(g.revenue_inr) / nullif(sum(g.orders), 0), 2) as average_order_value_inr,
    count(distinct g.product) filter (where g.revenue_inr > 0) as active_products
from sales_orders.revenue_by_group as g
where
    (%(first)s::date is null or g.ordered_on >= %(first)s)
    and (%(last)s::date is null or g.ordered_on <= %(last)s)
    and (%(region)s = '' or g.region = %(region)s)
    and (%(category)s = '' or g.category = %(category)s)
    and (%(product)s = '' or g.product = %(product)s)
group by {by}
order by {by}
