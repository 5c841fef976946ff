-- What revenue is loaded, and what waits? One row.
select
    (
        select coalesce(sum(g.revenue_inr), 0)
        from (
            select revenue_inr from sales_orders.revenue_folded
            union all
            select revenue_inr from sales_orders.revenue_change
        ) as g
    ) as revenue_inr,
    w.revenue_waiting_inr
from sales_orders.waiting as w
