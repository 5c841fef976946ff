-- How the product table came to be as it is. Grain: one row per change of one product.
create table sales_orders.product_change (
    change_id bigint generated always as identity primary key,
    product text collate "C" not null,
    category_before text,
    category text,
    changed_by text not null,
    changed_at timestamptz not null default clock_timestamp(),
    reason text not null default ''
);
create index product_change_by_time on sales_orders.product_change (changed_at);
comment on table sales_orders.product_change is 'Append-only: the changes of the product table.';
comment on column sales_orders.product_change.change_id is 'Number of the change.';
comment on column sales_orders.product_change.product is 'Product as written in the files.';
comment on column sales_orders.product_change.category_before is 'Category before, null for a new product.';
comment on column sales_orders.product_change.category is 'Category after, null where it was removed.';
comment on column sales_orders.product_change.changed_by is 'Account.';
comment on column sales_orders.product_change.changed_at is 'When (UTC).';
comment on column sales_orders.product_change.reason is 'Why.';
create trigger append_only before update or delete on sales_orders.product_change
for each row execute function platform.refuse();
create trigger no_truncate before truncate on sales_orders.product_change
for each statement execute function platform.refuse();
