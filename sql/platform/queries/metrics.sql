-- What is going on, in numbers? One row per measure and labels.
select 'quayside_runs' as metric, jsonb_build_object('dataset', dataset, 'state', state) as labels, count(*)::float as value
from platform.run group by dataset, state
union all
select 'quayside_files', jsonb_build_object('dataset', dataset, 'state', state), count(*)
from platform.file group by dataset, state
union all
select 'quayside_rows', jsonb_build_object('dataset', m.dataset, 'outcome', o.outcome), sum(o.rows_of_run)
from platform.run_measures as m
cross join lateral (
    values ('loaded', m.rows_loaded), ('open', m.exceptions_open), ('closed', m.rows_held - m.exceptions_open)
) as o (outcome, rows_of_run)
group by m.dataset, o.outcome
union all
select 'quayside_exceptions_open', jsonb_build_object('dataset', dataset, 'category', category), count(*)
from platform.exception where state = 'OPEN' group by dataset, category
union all
select t.metric, jsonb_build_object('stage', s.stage), t.value
from (
    select e.details ->> 'stage' as stage, sum(extract(epoch from e.occurred_at - b.occurred_at)) as seconds, count(*) as stages
    from platform.audit_event as e
    inner join lateral (
        select max(occurred_at) as occurred_at from platform.audit_event
        where run_id = e.run_id and event = 'stage_started' and details ->> 'stage' = e.details ->> 'stage'
    ) as b on true
    where e.event = 'stage_ended' and e.occurred_at > now() - interval '1 day'
    group by 1
) as s
cross join lateral (
    values ('quayside_stage_seconds_sum', s.seconds::float), ('quayside_stage_seconds_count', s.stages::float)
) as t (metric, value)
union all
select 'quayside_oldest_waiting_file_seconds', '{}', coalesce(extract(epoch from now() - min(registered_at)), 0)
from platform.file where state = 'LANDED'
union all
select 'quayside_pickups_watching', '{}', count(*)
from platform.watcher where flow = 'pickup' and seen_at > now() - interval '1 minute'
union all
select 'quayside_audit_events_unchained', '{}', count(*)
from platform.audit_event as e
where not exists (select 1 from platform.audit_link as l where l.event_id = e.event_id);
