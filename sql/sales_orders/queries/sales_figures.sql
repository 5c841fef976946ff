-- What did we sell in a period, and in the equally long one before? One row; without a first day nothing is before.
with chosen as (
    select g.*, (%(first)s::date is null or g.ordered_on >= %(first)s) as is_now
    from sales_orders.revenue_by_group as g
    where
        (%(first)s::date is null or g.ordered_on >= %(first)s::date - (%(last)s::date - %(first)s::date + 1))
        and (%(last)s::date is null or g.ordered_on <= %(last)s)
        and (%(region)s = '' or g.region = %(region)s)
        and (%(category)s = '' or g.category = %(category)s)
        and (%(product)s = '' or g.product = %(product)s)
)

select
    coalesce(sum(revenue_inr) filter (where is_now), 0) as revenue_inr,
    coalesce(sum(orders) filter (where is_now), 0)::bigint as orders,
    round(sum(revenue_inr) filter (where is_now) / nullif(sum(orders) filter (where is_now), 0), 2)
        as average_order_value_inr,
    count(distinct product) filter (where is_now and revenue_inr > 0) as active_products,
    coalesce(sum(units) filter (where is_now), 0)::bigint as units,
    min(ordered_on) filter (where is_now) as first_ordered_on,
    max(ordered_on) filter (where is_now) as last_ordered_on,
    sum(revenue_inr) filter (where not is_now) as revenue_inr_before,
    sum(orders) filter (where not is_now)::bigint as orders_before,
    round(sum(revenue_inr) filter (where not is_now) / nullif(sum(orders) filter (where not is_now), 0), 2)
        as average_order_value_inr_before,
    count(distinct product) filter (where not is_now and revenue_inr > 0) as active_products_before,
    sum(units) filter (where not is_now)::bigint as units_before
from chosen
