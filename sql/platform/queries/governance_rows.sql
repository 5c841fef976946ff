-- Where are the rows that the completed runs of a period read? One row per dataset, as things stand now.
with chosen as (
    select r.run_id, r.dataset, r.rows_read, r.rows_loaded_at_first_pass
    from platform.run as r
    where
        r.state = 'COMPLETED'
        and (%(first_at)s::timestamptz is null or r.started_at >= %(first_at)s)
        and (%(end_at)s::timestamptz is null or r.started_at < %(end_at)s)
),

held as (
    select
        e.run_id,
        count(*) filter (where e.state = 'RELEASED') as released,
        count(*) filter (where e.state = 'WAIVED') as waived,
        count(*) filter (where e.state = 'OPEN') as open,
        count(*) filter (where e.state = 'DISCARDED') as discarded,
        count(*) filter (where e.state = 'SUPERSEDED') as superseded,
        count(*) filter (where e.state in ('RELEASED', 'WAIVED') and not e.was_loaded)
        - count(*) filter (where e.state in ('OPEN', 'DISCARDED', 'SUPERSEDED') and e.was_loaded) as corrected
    from platform.exception as e
    inner join chosen as c on c.run_id = e.run_id
    group by e.run_id
)

select
    c.dataset,
    count(*) as runs,
    sum(c.rows_read)::bigint as rows_read,
    sum(c.rows_loaded_at_first_pass)::bigint as first_pass,
    coalesce(sum(h.released), 0)::bigint as released,
    coalesce(sum(h.waived), 0)::bigint as waived,
    (sum(c.rows_loaded_at_first_pass) + coalesce(sum(h.corrected), 0))::bigint as loaded,
    coalesce(sum(h.open), 0)::bigint as open,
    coalesce(sum(h.discarded), 0)::bigint as discarded,
    coalesce(sum(h.superseded), 0)::bigint as superseded
from chosen as c
left join held as h on h.run_id = c.run_id
group by c.dataset
order by c.dataset
