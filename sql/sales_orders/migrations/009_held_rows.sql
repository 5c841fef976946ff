-- What can be read in held rows, for those who look for them by it. Grain: one row per exception of sales orders.
create view sales_orders.held_rows as
select
    h.exception_id,
    true as is_open,
    h.order_id,
    h.ordered_on,
    h.region,
    case when h.product is not null then coalesce(p.category, 'Uncategorised') end as category,
    h.product,
    h.revenue_inr
from sales_orders.held_orders as h
left join sales_orders.products as p on p.product = h.product
union all
select
    e.exception_id,
    false,
    o.order_id,
    o.ordered_on,
    o.region,
    case when o.product is not null then coalesce(p.category, 'Uncategorised') end,
    o.product,
    o.revenue_inr
from platform.exception as e
cross join lateral sales_orders.order_of(e.typed) as o
left join sales_orders.products as p on p.product = o.product
where e.dataset = 'sales_orders' and e.state <> 'OPEN';
comment on view sales_orders.held_rows is 'The readable values of held rows, by which people look for them.';
comment on column sales_orders.held_rows.exception_id is 'Number of the exception.';
comment on column sales_orders.held_rows.is_open is 'Whether the exception is open.';
comment on column sales_orders.held_rows.order_id is 'Name of the order, empty where it can''t be read.';
comment on column sales_orders.held_rows.ordered_on is 'Day of the order, where it can be read.';
comment on column sales_orders.held_rows.region is 'Region as written, where it can be read.';
comment on column sales_orders.held_rows.category is 'Category of the product today, Uncategorised where it has none, where it can be read.';
comment on column sales_orders.held_rows.product is 'Product as written, where it can be read.';
comment on column sales_orders.held_rows.revenue_inr is 'Revenue in rupees, where it can be read.';
