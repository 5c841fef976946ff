-- Packages of all snapshots, the thresholds of their tiers, and what is counted. Grain: one row per package and file.
create schema telco_packages;
comment on schema telco_packages is 'Prepaid packages of Indonesian operators, prices in rupiah.';

create table telco_packages.price_threshold (
    threshold_id bigint generated always as identity primary key,
    operator text,
    starts_on date not null default '-infinity',
    medium_from_idr numeric(18, 2) not null check (medium_from_idr >= 0),
    high_from_idr numeric(18, 2) not null,
    created_by text not null default 'system',
    created_at timestamptz not null default now(),
    check (high_from_idr >= medium_from_idr)
);
comment on table telco_packages.price_threshold is 'From when on which prices are Medium and High; the newest start not after the file date holds, the operator''s own before the general.';
comment on column telco_packages.price_threshold.threshold_id is 'Number of the entry.';
comment on column telco_packages.price_threshold.operator is 'Operator, null for all.';
comment on column telco_packages.price_threshold.starts_on is 'First file date to which it applies.';
comment on column telco_packages.price_threshold.medium_from_idr is 'Lowest price of the tier Medium.';
comment on column telco_packages.price_threshold.high_from_idr is 'Lowest price of the tier High.';
comment on column telco_packages.price_threshold.created_by is 'Account.';
comment on column telco_packages.price_threshold.created_at is 'When it was entered (UTC).';
insert into telco_packages.price_threshold (medium_from_idr, high_from_idr) values (35000, 75000);

create table telco_packages.packages (
    commercial_name text,
    package_name text not null,
    main_detail text,
    package_description text,
    benefit_detail text,
    benefit_app text,
    price_idr numeric(18, 2) not null,
    validity text,
    file_name text not null,
    operator text not null,
    city text not null,
    line_of_service text not null,
    file_date date not null,
    area integer not null,
    description json not null,
    price_tier text not null,
    validity_days integer,
    validity_group text not null,
    quota_gb numeric(18, 6) not null,
    headline_quota_gb numeric(18, 6),
    quota_category text not null,
    package_type text not null,
    extra json,
    run_id uuid not null,
    line bigint not null,
    byte_start bigint not null,
    byte_length bigint not null,
    replaced_by_run uuid,
    constraint packages_key primary key (run_id, line)
);
create index packages_in_force on telco_packages.packages (operator, city, line_of_service, file_date)
where replaced_by_run is null;
comment on table telco_packages.packages is 'One row per package of each file; those of a replaced file stay, marked.';
comment on column telco_packages.packages.commercial_name is 'Brand under which the package is sold.';
comment on column telco_packages.packages.package_name is 'Name of the package.';
comment on column telco_packages.packages.main_detail is 'Short text of the operator.';
comment on column telco_packages.packages.package_description is 'Long text of the operator.';
comment on column telco_packages.packages.benefit_detail is 'Benefits as told.';
comment on column telco_packages.packages.benefit_app is 'Apps that are included.';
comment on column telco_packages.packages.price_idr is 'Price in rupiah.';
comment on column telco_packages.packages.validity is 'Validity as told.';
comment on column telco_packages.packages.file_name is 'Base name of the file, without its extension.';
comment on column telco_packages.packages.operator is 'Operator from the file name.';
comment on column telco_packages.packages.city is 'City from the file name.';
comment on column telco_packages.packages.line_of_service is 'less_than_3_months, more_than_3_months or Unknown.';
comment on column telco_packages.packages.file_date is 'Date in the file name, else the landing day.';
comment on column telco_packages.packages.area is 'Sales area 1 to 4 of the city.';
comment on column telco_packages.packages.description is 'main_detail and package_description as one object.';
comment on column telco_packages.packages.price_tier is 'High, Medium or Low.';
comment on column telco_packages.packages.validity_days is 'Days of validity, null where nothing says so.';
comment on column telco_packages.packages.validity_group is 'Daily, Weekly, Monthly, >30Days or Unknown.';
comment on column telco_packages.packages.quota_gb is 'First amount of data in the description, in GB.';
comment on column telco_packages.packages.headline_quota_gb is 'Amount for price per GB; null for unlimited, per-day and unknown packages.';
comment on column telco_packages.packages.quota_category is 'What the quota is for.';
comment on column telco_packages.packages.package_type is 'Combo, Unlimited, Roaming, DPI or Internet.';
comment on column telco_packages.packages.extra is 'Cells of columns that the dataset does not declare.';
comment on column telco_packages.packages.run_id is 'Run that read the row.';
comment on column telco_packages.packages.line is 'Physical line in the file.';
comment on column telco_packages.packages.byte_start is 'Offset of the record in the file as UTF-8 text.';
comment on column telco_packages.packages.byte_length is 'Length of the record in bytes.';
comment on column telco_packages.packages.replaced_by_run is 'Run of the newer version of the file, null while in force.';
call platform.keep_law('telco_packages.packages');

create table telco_packages.package_counts (
    run_id uuid not null,
    operator text not null,
    city text not null,
    line_of_service text not null,
    file_date date not null,
    area integer not null,
    price_tier text not null,
    validity_group text not null,
    package_type text not null,
    packages bigint not null,
    price_sum_idr numeric not null
);
create index package_counts_by_run on telco_packages.package_counts (run_id);
comment on table telco_packages.package_counts is 'Packages of each run by snapshot, tier, validity group and type.';
comment on column telco_packages.package_counts.run_id is 'Run.';
comment on column telco_packages.package_counts.operator is 'Operator.';
comment on column telco_packages.package_counts.city is 'City.';
comment on column telco_packages.package_counts.line_of_service is 'Line of service.';
comment on column telco_packages.package_counts.file_date is 'File date.';
comment on column telco_packages.package_counts.area is 'Sales area.';
comment on column telco_packages.package_counts.price_tier is 'Price tier.';
comment on column telco_packages.package_counts.validity_group is 'Validity group.';
comment on column telco_packages.package_counts.package_type is 'Package type.';
comment on column telco_packages.package_counts.packages is 'Packages.';
comment on column telco_packages.package_counts.price_sum_idr is 'Sum of their prices in rupiah.';

create table telco_packages.operator_price_per_gb (
    operator text primary key,
    packages bigint not null,
    packages_without_quota bigint not null,
    lowest_price_per_gb_idr numeric,
    quartile_1_price_per_gb_idr numeric,
    median_price_per_gb_idr numeric,
    quartile_3_price_per_gb_idr numeric,
    highest_price_per_gb_idr numeric
);
comment on table telco_packages.operator_price_per_gb is 'Price per GB over the latest snapshots of each operator, computed again for the operators that a run touched.';
comment on column telco_packages.operator_price_per_gb.operator is 'Operator.';
comment on column telco_packages.operator_price_per_gb.packages is 'Packages in its latest snapshots.';
comment on column telco_packages.operator_price_per_gb.packages_without_quota is 'Of these, left out: unlimited, per day or unknown.';
comment on column telco_packages.operator_price_per_gb.lowest_price_per_gb_idr is 'Lowest price per GB in rupiah.';
comment on column telco_packages.operator_price_per_gb.quartile_1_price_per_gb_idr is 'First quartile in rupiah.';
comment on column telco_packages.operator_price_per_gb.median_price_per_gb_idr is 'Median in rupiah.';
comment on column telco_packages.operator_price_per_gb.quartile_3_price_per_gb_idr is 'Third quartile in rupiah.';
comment on column telco_packages.operator_price_per_gb.highest_price_per_gb_idr is 'Highest price per GB in rupiah.';
