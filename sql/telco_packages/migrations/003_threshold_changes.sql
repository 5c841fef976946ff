-- Thresholds that a person took back stay, marked. Grain: one row per entry.
alter table telco_packages.price_threshold
add column reason text not null default '',
add column removed_by text,
add column removed_at timestamptz;
comment on column telco_packages.price_threshold.reason is 'Why it was entered.';
comment on column telco_packages.price_threshold.removed_by is 'Account that took it back.';
comment on column telco_packages.price_threshold.removed_at is 'When it was taken back (UTC).';
create unique index price_threshold_start on telco_packages.price_threshold (lower(coalesce(operator, '')), starts_on)
where removed_at is null;

-- A correction takes a package out of one group and puts it into another: an empty group is none.
create or replace view telco_packages.latest_counts as
select
    c.run_id,
    c.operator,
    c.city,
    c.line_of_service,
    c.file_date,
    c.area,
    c.price_tier,
    c.validity_group,
    c.package_type,
    sum(c.packages)::bigint as packages,
    sum(c.price_sum_idr) as price_sum_idr
from telco_packages.package_counts as c
inner join platform.run as r on r.run_id = c.run_id and r.replaced_by_run is null
inner join telco_packages.snapshots as s
    on s.operator = c.operator and s.city = c.city and s.line_of_service = c.line_of_service
    and s.file_date = c.file_date and s.is_latest
group by
    c.run_id, c.operator, c.city, c.line_of_service, c.file_date, c.area, c.price_tier, c.validity_group, c.package_type
having sum(c.packages) <> 0;
