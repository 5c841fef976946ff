-- Which category has each product? One row per product.
select product, category from sales_orders.products
