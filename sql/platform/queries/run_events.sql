-- What happened within a run itself, in order? One row per event; what people did to its rows later is not among it.
select event_id, occurred_at, event, actor, counts, details
from platform.audit_event
where
    run_id = %(run_id)s
    and event in (
        'file_registered', 'run_started', 'stage_started', 'stage_ended', 'controls_judged', 'run_ended', 'run_abandoned',
        'review_decision', 'replay_applied', 'file_retried'
    )
order by event_id
limit 500
