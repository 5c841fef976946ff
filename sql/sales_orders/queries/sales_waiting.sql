-- What revenue waits in open exceptions whose order is not loaded? One row; a held row whose day, region or product
-- can't be read may belong to what is chosen, and is counted apart.
with open_orders as (
    select
        (e.typed ->> 'revenue_inr')::numeric as revenue_inr,
        exists (select 1 from sales_orders.orders as o where o.order_id = e.typed ->> 'order_id') as is_loaded,
        (%(first)s::date is null or (e.typed ->> 'ordered_on')::date between %(first)s and %(last)s)
        and (%(region)s = '' or e.typed ->> 'region' = %(region)s)
        and (%(product)s = '' or e.typed ->> 'product' = %(product)s)
        and (
            %(category)s = ''
            or case
                when e.typed ->> 'product' is not null
                    then coalesce(p.category, 'Uncategorised') = %(category)s
            end
        ) as is_chosen
    from platform.exception as e
    left join sales_orders.products as p on p.product = e.typed ->> 'product'
    where e.dataset = 'sales_orders' and e.state = 'OPEN'
),

judged as (
    select
        revenue_inr,
        is_chosen,
        coalesce(revenue_inr >= 0 and not is_loaded, false) as waits
    from open_orders
    where is_chosen is not false
)

select
    coalesce(sum(revenue_inr) filter (where waits and is_chosen), 0) as revenue_waiting_inr,
    count(*) filter (where waits and is_chosen) as open_exceptions_with_waiting_revenue,
    count(*) filter (where not waits and is_chosen) as open_exceptions_without,
    coalesce(sum(revenue_inr) filter (where waits and is_chosen is null), 0) as revenue_perhaps_inr,
    count(*) filter (where waits and is_chosen is null) as open_exceptions_perhaps
from judged
