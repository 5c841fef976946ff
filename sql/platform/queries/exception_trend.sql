-- How many rows were held and closed by day? One row per day on which anything happened.
with days as (
    select opened_at::date as day, 1 as opened, 0 as closed from platform.exception
    where %(dataset)s = '' or dataset = %(dataset)s
    union all
    select closed_at::date, 0, 1 from platform.exception
    where closed_at is not null and (%(dataset)s = '' or dataset = %(dataset)s)
)

select day, sum(opened)::bigint as opened, sum(closed)::bigint as closed
from days
group by day
order by day desc
limit 30
