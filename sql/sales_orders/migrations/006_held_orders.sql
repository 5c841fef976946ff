-- What open exceptions say of orders, in the order of the ids. Grain: one row per open exception of sales orders.
create table sales_orders.held_orders (
    order_id text collate "C" not null,
    exception_id bigint not null,
    ordered_on date,
    region text collate "C",
    product text collate "C",
    revenue_inr numeric,
    primary key (order_id, exception_id) include (revenue_inr)
);
comment on table sales_orders.held_orders is 'The readable values of open exceptions; written by triggers of platform.exception.';
comment on column sales_orders.held_orders.order_id is 'Name of the order, empty where it can''t be read.';
comment on column sales_orders.held_orders.exception_id is 'Exception that is open.';
comment on column sales_orders.held_orders.ordered_on is 'Day of the order, where it can be read.';
comment on column sales_orders.held_orders.region is 'Region as written, where it can be read.';
comment on column sales_orders.held_orders.product is 'Product as written, where it can be read.';
comment on column sales_orders.held_orders.revenue_inr is 'Revenue in rupees, where it can be read.';

create function sales_orders.order_of(typed jsonb)
returns table (order_id text, ordered_on date, region text, product text, revenue_inr numeric)
language sql stable as $$
    select
        coalesce(typed ->> 'order_id', ''), (typed ->> 'ordered_on')::date, typed ->> 'region', typed ->> 'product',
        (typed ->> 'revenue_inr')::numeric
$$;
comment on function sales_orders.order_of is 'The readable values of a held row, as held_orders keeps them.';

create function sales_orders.keep_added() returns trigger
language plpgsql as $$
begin
    insert into sales_orders.held_orders (order_id, exception_id, ordered_on, region, product, revenue_inr)
    select o.order_id, a.exception_id, o.ordered_on, o.region, o.product, o.revenue_inr
    from added as a cross join lateral sales_orders.order_of(a.typed) as o
    where a.dataset = 'sales_orders' and a.state = 'OPEN';
    return null;
end $$;

-- Plans outlive the moment at which the table is so small that it is read as a whole.
create function sales_orders.keep_changed() returns trigger
language plpgsql set enable_seqscan = off as $$
begin
    delete from sales_orders.held_orders as h
    where h.order_id = coalesce(old.typed ->> 'order_id', '') and h.exception_id = old.exception_id;
    if new.state = 'OPEN' then
        insert into sales_orders.held_orders (order_id, exception_id, ordered_on, region, product, revenue_inr)
        select o.order_id, new.exception_id, o.ordered_on, o.region, o.product, o.revenue_inr
        from sales_orders.order_of(new.typed) as o;
    end if;
    return null;
end $$;

create trigger keep_added after insert on platform.exception
referencing new table as added for each statement execute function sales_orders.keep_added();
create trigger keep_changed after update on platform.exception for each row
when (new.dataset = 'sales_orders' and (old.state, old.typed) is distinct from (new.state, new.typed))
execute function sales_orders.keep_changed();

insert into sales_orders.held_orders (order_id, exception_id, ordered_on, region, product, revenue_inr)
select o.order_id, e.exception_id, o.ordered_on, o.region, o.product, o.revenue_inr
from platform.exception as e cross join lateral sales_orders.order_of(e.typed) as o
where e.dataset = 'sales_orders' and e.state = 'OPEN';

-- Looking orders up in the order of their ids touches each page of their index once.
create or replace view sales_orders.waiting as
with held as (
    select
        h.revenue_inr,
        coalesce(
            h.revenue_inr >= 0
            and not exists (select 1 from sales_orders.orders as o where o.order_id = h.order_id), false
        ) as waits
    from (select order_id, revenue_inr from sales_orders.held_orders order by order_id offset 0) as h
    offset 0
)

select
    coalesce(sum(revenue_inr) filter (where waits), 0) as revenue_waiting_inr,
    count(*) filter (where waits) as open_exceptions_with_waiting_revenue,
    count(*) filter (where not waits) as open_exceptions_without
from held;
