-- Which runs have packages whose tier new thresholds could change? One row per run, with its file.
select r.run_id, f.landed_on, f.base_name
from platform.run as r
inner join platform.file as f on f.file_id = r.file_id
where
    r.dataset = 'telco_packages' and r.state = 'COMPLETED'
    and exists (
        select 1 from telco_packages.packages as p
        where
            p.run_id = r.run_id and p.file_date >= %(starts_on)s
            and (%(operator)s::text is null or lower(p.operator) = lower(%(operator)s))
    )
order by r.ended_at
