-- The figures of the telco report over the latest snapshots. Grain: as each view's comment says.
create view telco_packages.snapshots as
select
    c.operator,
    c.city,
    c.line_of_service,
    c.file_date,
    sum(c.packages)::bigint as packages,
    c.file_date = max(c.file_date) over (partition by c.operator, c.city, c.line_of_service) as is_latest
from telco_packages.package_counts as c
inner join platform.run as r on r.run_id = c.run_id
where r.replaced_by_run is null
group by c.operator, c.city, c.line_of_service, c.file_date;
comment on view telco_packages.snapshots is 'The snapshots in force: operator, city, line of service and file date.';

create view telco_packages.latest_counts as
select c.*
from telco_packages.package_counts as c
inner join platform.run as r on r.run_id = c.run_id and r.replaced_by_run is null
inner join telco_packages.snapshots as s
    on s.operator = c.operator and s.city = c.city and s.line_of_service = c.line_of_service
    and s.file_date = c.file_date and s.is_latest;
comment on view telco_packages.latest_counts is 'package_counts of the latest snapshots.';

create view telco_packages.by_operator as
select operator, sum(packages)::bigint as packages, round(sum(price_sum_idr) / sum(packages), 2) as mean_price_idr
from telco_packages.latest_counts group by operator;
comment on view telco_packages.by_operator is 'Packages and mean price by operator.';

create view telco_packages.by_city as
select city, sum(packages)::bigint as packages, round(sum(price_sum_idr) / sum(packages), 2) as mean_price_idr
from telco_packages.latest_counts group by city;
comment on view telco_packages.by_city is 'Packages and mean price by city.';

create view telco_packages.by_area as
select area, sum(packages)::bigint as packages, round(sum(price_sum_idr) / sum(packages), 2) as mean_price_idr
from telco_packages.latest_counts group by area;
comment on view telco_packages.by_area is 'Packages and mean price by sales area.';

create view telco_packages.by_price_tier as
select price_tier, sum(packages)::bigint as packages, round(sum(price_sum_idr) / sum(packages), 2) as mean_price_idr
from telco_packages.latest_counts group by price_tier;
comment on view telco_packages.by_price_tier is 'Packages and mean price by price tier.';

create view telco_packages.by_validity_group as
select validity_group, sum(packages)::bigint as packages, round(sum(price_sum_idr) / sum(packages), 2) as mean_price_idr
from telco_packages.latest_counts group by validity_group;
comment on view telco_packages.by_validity_group is 'Packages and mean price by validity group.';

create view telco_packages.by_package_type as
select package_type, sum(packages)::bigint as packages, round(sum(price_sum_idr) / sum(packages), 2) as mean_price_idr
from telco_packages.latest_counts group by package_type;
comment on view telco_packages.by_package_type is 'Packages and mean price by package type.';

create view telco_packages.price_per_gb as
select * from telco_packages.operator_price_per_gb;
comment on view telco_packages.price_per_gb is 'Price per GB and its spread by operator.';

create function telco_packages.packages_of(of_operator text, of_city text, of_line_of_service text, on_day date)
returns table (
    commercial_key text, package_key text, occurrence bigint, commercial_name text, package_name text, price_idr numeric
)
language sql stable as $$
    with keyed as (
        select
            lower(regexp_replace(btrim(coalesce(p.commercial_name, '')), '\s+', ' ', 'g')) as commercial_key,
            lower(regexp_replace(btrim(p.package_name), '\s+', ' ', 'g')) as package_key,
            p.commercial_name,
            p.package_name,
            p.price_idr,
            p.run_id,
            p.line
        from telco_packages.packages as p
        where
            p.operator = of_operator and p.city = of_city and p.line_of_service = of_line_of_service
            and p.file_date = on_day and p.replaced_by_run is null
    )

    select
        k.commercial_key, k.package_key,
        row_number() over (partition by k.commercial_key, k.package_key order by k.run_id, k.line),
        k.commercial_name, k.package_name, k.price_idr
    from keyed as k
$$;
comment on function telco_packages.packages_of is 'The packages of a snapshot with the key by which two snapshots match: folded names and occurrence.';

create function telco_packages.changes_between(
    of_operator text, of_city text, of_line_of_service text, day_before date, day_after date
)
returns table (
    change text, commercial_name text, package_name text, price_before_idr numeric, price_idr numeric
)
language sql stable as $$
    select
        case
            when b.package_key is null then 'new'
            when a.package_key is null then 'gone'
            when a.price_idr > b.price_idr then 'dearer'
            else 'cheaper'
        end,
        coalesce(a.commercial_name, b.commercial_name),
        coalesce(a.package_name, b.package_name),
        b.price_idr,
        a.price_idr
    from telco_packages.packages_of(of_operator, of_city, of_line_of_service, day_before) as b
    full join telco_packages.packages_of(of_operator, of_city, of_line_of_service, day_after) as a
        on a.commercial_key = b.commercial_key and a.package_key = b.package_key and a.occurrence = b.occurrence
    where a.price_idr is distinct from b.price_idr
$$;
comment on function telco_packages.changes_between is 'What changed between two snapshots: new, gone, dearer and cheaper packages.';

create view telco_packages.latest_changes as
with pairs as (
    select
        s.operator,
        s.city,
        s.line_of_service,
        s.file_date,
        s.is_latest,
        lag(s.file_date) over (partition by s.operator, s.city, s.line_of_service order by s.file_date) as day_before
    from telco_packages.snapshots as s
)

select
    p.operator,
    p.city,
    p.line_of_service,
    p.day_before,
    p.file_date,
    c.change,
    c.commercial_name,
    c.package_name,
    c.price_before_idr,
    c.price_idr
from pairs as p
cross join lateral telco_packages.changes_between(p.operator, p.city, p.line_of_service, p.day_before, p.file_date) as c
where p.is_latest and p.day_before is not null;
comment on view telco_packages.latest_changes is 'What changed from the snapshot before to the latest one of each operator, city and line of service.';
