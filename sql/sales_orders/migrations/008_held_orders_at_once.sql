-- What a statement changes is kept at once. Its plan outlives the statement: it looks up by the key, however many or few.
drop trigger keep_changed on platform.exception;
create or replace function sales_orders.keep_changed() returns trigger
language plpgsql set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
begin
    delete from sales_orders.held_orders as h
    using removed as r
    where
        r.dataset = 'sales_orders' and r.state = 'OPEN'
        and h.order_id = coalesce(r.typed ->> 'order_id', '') and h.exception_id = r.exception_id;
    insert into sales_orders.held_orders (order_id, exception_id, ordered_on, region, product, revenue_inr)
    select o.order_id, a.exception_id, o.ordered_on, o.region, o.product, o.revenue_inr
    from added as a cross join lateral sales_orders.order_of(a.typed) as o
    where a.dataset = 'sales_orders' and a.state = 'OPEN';
    return null;
end $$;
create trigger keep_changed after update on platform.exception
referencing old table as removed new table as added for each statement execute function sales_orders.keep_changed();
