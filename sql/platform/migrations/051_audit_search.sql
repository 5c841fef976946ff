-- The audit trail is read newest first, by time, person or event, also when it has millions of events.
create index audit_event_by_time on platform.audit_event (occurred_at, event_id);
create index audit_event_by_actor on platform.audit_event (actor, occurred_at, event_id);
create index audit_event_by_event on platform.audit_event (event, occurred_at, event_id);
