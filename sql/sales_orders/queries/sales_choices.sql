-- What can a person choose? One row.
select
    array(select distinct region from sales_orders.revenue_by_group order by 1) as regions,
    array(select distinct category from sales_orders.revenue_by_group order by 1) as categories,
    array(select distinct product from sales_orders.revenue_by_group order by 1) as products,
    (select min(ordered_on) from sales_orders.revenue_by_group) as first_ordered_on,
    (select max(ordered_on) from sales_orders.revenue_by_group) as last_ordered_on
