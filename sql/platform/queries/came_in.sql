-- What came in today and this week, and what of any day is under way or failed? One row.
select
    count(*) filter (where f.landed_on = %(today)s) as files_today,
    count(*) filter (where f.landed_on >= date_trunc('week', %(today)s::date)::date) as files_week,
    coalesce(sum(r.rows_read) filter (where f.landed_on = %(today)s), 0)::bigint as rows_today,
    coalesce(sum(r.rows_read) filter (where f.landed_on >= date_trunc('week', %(today)s::date)::date), 0)::bigint
        as rows_week,
    count(*) filter (where f.state in ('LANDED', 'RUNNING')) as files_under_way,
    count(*) filter (where f.state = 'FAILED') as files_failed
from platform.file as f
left join platform.run as r on r.run_id = f.run_id and r.state = 'COMPLETED'
