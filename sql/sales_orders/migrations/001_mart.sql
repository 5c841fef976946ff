-- Orders and what is added up from them. Grain: one row per order; per run, day, region and product.
create schema sales_orders;
comment on schema sales_orders is 'Sales orders in Indian rupees.';

create table sales_orders.products (
    product text collate "C" primary key,
    category text not null
);
comment on table sales_orders.products is 'Category of each product; a steward may extend it.';
comment on column sales_orders.products.product is 'Product as written in the files.';
comment on column sales_orders.products.category is 'Category in reports.';
insert into sales_orders.products (product, category) values
('Tomato Ketchup 500g', 'Sauces & Ketchup'),
('Chili Sauce 250g', 'Sauces & Ketchup'),
('Soy Sauce 200ml', 'Sauces & Ketchup'),
('Chicken Biryani Ready Meal', 'Ready-to-Eat Meals'),
('Paneer Curry Ready Meal', 'Ready-to-Eat Meals'),
('Dal Tadka Ready Meal', 'Ready-to-Eat Meals'),
('Paneer 200g', 'Dairy Products'),
('Milk 1L', 'Dairy Products'),
('Yogurt 500g', 'Dairy Products'),
('Cheese Spread 100g', 'Dairy Products'),
('Potato Chips 50g', 'Snacks'),
('Namkeen Mix 100g', 'Snacks'),
('Biscuits 200g', 'Snacks'),
('Mango Juice 1L', 'Beverages'),
('Cola 500ml', 'Beverages'),
('Water Bottle 1L', 'Beverages');

create table sales_orders.orders (
    order_id text collate "C" not null,
    ordered_on date not null,
    region text collate "C" not null,
    product text collate "C" not null,
    quantity integer not null,
    revenue_inr numeric(18, 2) not null,
    unit_revenue_inr numeric(18, 2) not null,
    extra json,
    run_id uuid not null,
    line bigint not null,
    byte_start bigint not null,
    byte_length bigint not null,
    constraint orders_key primary key (order_id)
);
create index orders_by_run on sales_orders.orders using brin (run_id);
comment on table sales_orders.orders is 'One row per accepted order.';
comment on column sales_orders.orders.order_id is 'Name of the order, unique for ever.';
comment on column sales_orders.orders.ordered_on is 'Day of the order as written in the file.';
comment on column sales_orders.orders.region is 'Sales region in its canonical form.';
comment on column sales_orders.orders.product is 'Product as written in the file.';
comment on column sales_orders.orders.quantity is 'Units sold.';
comment on column sales_orders.orders.revenue_inr is 'Revenue in rupees, two decimals, rounded half away from zero.';
comment on column sales_orders.orders.unit_revenue_inr is 'Revenue / quantity in rupees, two decimals.';
comment on column sales_orders.orders.extra is 'Cells of columns that the dataset does not declare.';
comment on column sales_orders.orders.run_id is 'Run that read the row.';
comment on column sales_orders.orders.line is 'Physical line in the file.';
comment on column sales_orders.orders.byte_start is 'Offset of the record in the file as UTF-8 text.';
comment on column sales_orders.orders.byte_length is 'Length of the record in bytes.';
call platform.keep_law('sales_orders.orders');

create table sales_orders.revenue_change (
    run_id uuid not null,
    ordered_on date not null,
    region text collate "C" not null,
    product text collate "C" not null,
    orders bigint not null,
    units bigint not null,
    revenue_inr numeric not null
);
comment on table sales_orders.revenue_change is 'What each run changed by day, region and product; folded into revenue_folded later.';
comment on column sales_orders.revenue_change.run_id is 'Run that changed it.';
comment on column sales_orders.revenue_change.ordered_on is 'Day of the orders.';
comment on column sales_orders.revenue_change.region is 'Region.';
comment on column sales_orders.revenue_change.product is 'Product.';
comment on column sales_orders.revenue_change.orders is 'Change of the number of orders.';
comment on column sales_orders.revenue_change.units is 'Change of the units sold.';
comment on column sales_orders.revenue_change.revenue_inr is 'Change of the revenue in rupees.';

create table sales_orders.revenue_folded (
    ordered_on date not null,
    region text collate "C" not null,
    product text collate "C" not null,
    orders bigint not null,
    units bigint not null,
    revenue_inr numeric not null,
    primary key (ordered_on, region, product)
);
comment on table sales_orders.revenue_folded is 'The changes that were folded, one row per day, region and product.';
comment on column sales_orders.revenue_folded.ordered_on is 'Day of the orders.';
comment on column sales_orders.revenue_folded.region is 'Region.';
comment on column sales_orders.revenue_folded.product is 'Product.';
comment on column sales_orders.revenue_folded.orders is 'Orders.';
comment on column sales_orders.revenue_folded.units is 'Units sold.';
comment on column sales_orders.revenue_folded.revenue_inr is 'Revenue in rupees.';

create function sales_orders.fold() returns bigint
language plpgsql as $$
declare
    folded bigint;
begin
    if not pg_try_advisory_xact_lock(hashtext('quayside.fold'), hashtext('sales_orders')) then
        return 0;
    end if;
    with moved as (
        delete from sales_orders.revenue_change returning ordered_on, region, product, orders, units, revenue_inr
    ),

    added as (
        insert into sales_orders.revenue_folded as f (ordered_on, region, product, orders, units, revenue_inr)
        select ordered_on, region, product, sum(orders), sum(units), sum(revenue_inr)
        from moved
        group by ordered_on, region, product
        on conflict (ordered_on, region, product) do update set
            orders = f.orders + excluded.orders,
            units = f.units + excluded.units,
            revenue_inr = f.revenue_inr + excluded.revenue_inr
    )

    select count(*) into folded from moved;
    return folded;
end $$;
comment on function sales_orders.fold is 'Moves the committed changes into revenue_folded; returns how many rows it moved.';
