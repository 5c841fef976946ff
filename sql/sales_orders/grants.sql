-- The product table is changed by people only, and its history by nobody; what is held is nothing for analysts.
do $$
begin
    if to_regrole('quayside_loader') is not null then
        revoke insert, update, delete on sales_orders.products, sales_orders.product_change from quayside_loader;
    end if;
    if to_regrole('quayside_dashboard') is not null then
        revoke update, delete on sales_orders.product_change from quayside_dashboard;
    end if;
    if to_regrole('quayside_analyst') is not null then
        revoke all on sales_orders.held_orders, sales_orders.held_rows from quayside_analyst;
    end if;
end $$;
