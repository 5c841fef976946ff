-- Which sign-ins and acts were refused in a period, and which accounts were changed? One row per event, newest first.
select e.occurred_at, e.actor, e.event, e.details
from platform.audit_event as e
where
    e.event in ('refused', 'sign_in_refused', 'account_changed')
    and (%(first_at)s::timestamptz is null or e.occurred_at >= %(first_at)s)
    and (%(end_at)s::timestamptz is null or e.occurred_at < %(end_at)s)
order by e.occurred_at desc, e.event_id desc
limit %(limit)s
