-- How many accounts of each role are there now? One row per role.
select
    role,
    count(*) filter (where is_active) as active,
    count(*) filter (where not is_active) as closed
from platform.account
group by role
order by array_position(array['viewer', 'editor', 'steward', 'admin'], role)
