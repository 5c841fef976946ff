-- Who may sign in, how, and since when they last did? Grain: one row per account, names ascending.
select
    a.account,
    a.role,
    a.is_active,
    a.issuer,
    a.must_choose_password,
    a.created_by,
    a.created_at,
    last_one.signed_in_at,
    (
        select count(*) from platform.session as s where s.account = a.account and s.expires_at > now()
    ) as sessions
from platform.account as a
left join lateral (
    select e.occurred_at as signed_in_at
    from platform.audit_event as e
    where e.actor = a.account and e.event = 'sign_in'
    order by e.occurred_at desc
    limit 1
) as last_one on true
order by a.account
