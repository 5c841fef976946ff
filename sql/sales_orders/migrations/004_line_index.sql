-- A row is found by its run and line too, without reading the rows of the whole run.
create index orders_by_line on sales_orders.orders using brin (run_id, line) with (pages_per_range = 32);
drop index sales_orders.orders_by_run;
