-- Which events and which people does the audit trail know? One row per name; the indexes are skipped through.
with recursive event (name) as (
    select min(event) from platform.audit_event
    union all
    select (select min(a.event) from platform.audit_event as a where a.event > event.name) from event where event.name is not null
),

actor (name) as (
    select min(actor) from platform.audit_event
    union all
    select (select min(a.actor) from platform.audit_event as a where a.actor > actor.name) from actor where actor.name is not null
)

select 'event' as what, name from event where name is not null
union all
select 'actor', name from actor where name is not null
order by what, name
