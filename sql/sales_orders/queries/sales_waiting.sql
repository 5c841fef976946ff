-- What revenue waits in open exceptions whose order is not loaded? One row; a held row whose day, region or product
-- can't be read may belong to what is chosen, and is counted apart.
with held as (
    select
        h.order_id,
        h.revenue_inr,
        (%(first)s::date is null or h.ordered_on between %(first)s and %(last)s)
        and (%(region)s = '' or h.region = %(region)s)
        and (%(category)s = '' or h.category = %(category)s)
        and (%(product)s = '' or h.product = %(product)s) as is_chosen
    from sales_orders.held_rows as h
    where h.is_open
),

chosen as not materialized (
    select order_id, revenue_inr, is_chosen from held where is_chosen is not false
),

judged as (
    select
        revenue_inr,
        is_chosen,
        coalesce(
            revenue_inr >= 0
            and order_id not in (
                select l.order_id
                from sales_orders.loaded_among(
                    array(select c.order_id from chosen as c where c.revenue_inr >= 0 order by c.order_id)
                ) as l (order_id)
            ), false
        ) as waits
    from chosen
    offset 0
)

select
    coalesce(sum(revenue_inr) filter (where waits and is_chosen), 0) as revenue_waiting_inr,
    count(*) filter (where waits and is_chosen) as open_exceptions_with_waiting_revenue,
    count(*) filter (where not waits and is_chosen) as open_exceptions_without,
    coalesce(sum(revenue_inr) filter (where waits and is_chosen is null), 0) as revenue_perhaps_inr,
    count(*) filter (where waits and is_chosen is null) as open_exceptions_perhaps
from judged
