-- What can a person choose? One row.
select
    array(select distinct area::text from telco_packages.package_counts order by 1) as areas,
    array(select distinct price_tier from telco_packages.package_counts order by 1) as price_tiers,
    array(select distinct validity_group from telco_packages.package_counts order by 1) as validity_groups,
    array(select distinct package_type from telco_packages.package_counts order by 1) as package_types,
    array(
        select f.batch
        from platform.file as f
        inner join platform.run as r on r.run_id = f.run_id and r.state = 'COMPLETED' and r.replaced_by_run is null
        where f.dataset = 'telco_packages'
        group by f.batch
        order by max(f.file_id) desc
    ) as batches
