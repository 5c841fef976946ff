-- What revenue waits in open exceptions whose order is not loaded? One row; a held row whose day, region or product
-- can't be read may belong to what is chosen, and is counted apart. Orders are looked up in the order of their ids.
with held as (
    select
        h.order_id,
        h.revenue_inr,
        (%(first)s::date is null or h.ordered_on between %(first)s and %(last)s)
        and (%(region)s = '' or h.region = %(region)s)
        and (%(product)s = '' or h.product = %(product)s)
        and (
            %(category)s = ''
            or case when h.product is not null then coalesce(p.category, 'Uncategorised') = %(category)s end
        ) as is_chosen
    from sales_orders.held_orders as h
    left join sales_orders.products as p on p.product = h.product
),

chosen as (
    select order_id, revenue_inr, is_chosen from held where is_chosen is not false order by order_id offset 0
),

judged as (
    select
        c.revenue_inr,
        c.is_chosen,
        coalesce(
            c.revenue_inr >= 0
            and not exists (select 1 from sales_orders.orders as o where o.order_id = c.order_id), false
        ) as waits
    from chosen as c
    offset 0
)

select
    coalesce(sum(revenue_inr) filter (where waits and is_chosen), 0) as revenue_waiting_inr,
    count(*) filter (where waits and is_chosen) as open_exceptions_with_waiting_revenue,
    count(*) filter (where not waits and is_chosen) as open_exceptions_without,
    coalesce(sum(revenue_inr) filter (where waits and is_chosen is null), 0) as revenue_perhaps_inr,
    count(*) filter (where waits and is_chosen is null) as open_exceptions_perhaps
from judged
