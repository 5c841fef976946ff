-- Which category had each product at a moment? One row per product; later changes are taken back.
with later as (
    select distinct on (product) product, category_before
    from sales_orders.product_change
    where changed_at > %(as_of)s
    order by product, change_id
)

select
    coalesce(p.product, l.product) as product,
    case when l.product is null then p.category else l.category_before end as category
from sales_orders.products as p
full join later as l on l.product = p.product
where case when l.product is null then p.category else l.category_before end is not null
order by 1
