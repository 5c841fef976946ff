-- Who did what in a period? One row per account and event; the role is today's.
select
    coalesce(a.role, '') as role,
    e.actor,
    e.event,
    count(*) as times,
    max(e.occurred_at) as last_at
from platform.audit_event as e
left join platform.account as a on a.account = e.actor
where
    (%(first_at)s::timestamptz is null or e.occurred_at >= %(first_at)s)
    and (%(end_at)s::timestamptz is null or e.occurred_at < %(end_at)s)
group by a.role, e.actor, e.event
order by e.actor = 'system', e.actor, times desc, e.event
