-- Many orders are looked up in one walk along their index; the plan may not follow a guess of how many they are.
create function sales_orders.loaded_among(order_ids text[]) returns setof text
language sql stable set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
    select o.order_id from sales_orders.orders as o where o.order_id = any(order_ids)
$$;
comment on function sales_orders.loaded_among is 'Which of some orders are loaded.';

alter table sales_orders.held_orders
drop constraint held_orders_pkey,
add primary key (order_id, exception_id) include (ordered_on, revenue_inr);

create or replace view sales_orders.waiting as
with held as (
    select
        revenue_inr,
        coalesce(
            revenue_inr >= 0
            and order_id not in (
                select l.order_id
                from sales_orders.loaded_among(
                    array(select h.order_id from sales_orders.held_orders as h where h.revenue_inr >= 0 order by h.order_id)
                ) as l (order_id)
            ), false
        ) as waits
    from sales_orders.held_orders
    offset 0
)

select
    coalesce(sum(revenue_inr) filter (where waits), 0) as revenue_waiting_inr,
    count(*) filter (where waits) as open_exceptions_with_waiting_revenue,
    count(*) filter (where not waits) as open_exceptions_without
from held;
