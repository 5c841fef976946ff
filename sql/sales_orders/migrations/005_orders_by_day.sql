-- Orders are sorted by day and filtered by days, however many there are; the key makes the order whole.
create index orders_by_day on sales_orders.orders (ordered_on, order_id);
