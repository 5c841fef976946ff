-- Which files landed in a period? One row per dataset; a replaced file is counted under its state too.
select
    f.dataset,
    count(*) as landed,
    sum(f.size_bytes)::bigint as bytes,
    count(*) filter (where f.state = 'COMPLETED') as completed,
    count(*) filter (where f.state = 'DUPLICATE') as duplicates,
    count(*) filter (where f.state = 'REJECTED') as rejected,
    count(*) filter (where f.state = 'FAILED') as failed,
    count(*) filter (where f.state = 'AWAITING_REVIEW') as waiting,
    count(*) filter (where f.replaced_by_run is not null) as replaced
from platform.file as f
where
    (%(first_at)s::timestamptz is null or f.landed_at >= %(first_at)s)
    and (%(end_at)s::timestamptz is null or f.landed_at < %(end_at)s)
group by f.dataset
order by f.dataset
