-- Where is the audit chain broken? One row per broken place: a gap is told once, at the first position after it.
create or replace function platform.verify_audit() returns table (problem text, at_position bigint, at_event_id bigint)
language sql stable as $$
    with chain as (
        select
            l.position,
            l.event_id,
            l.previous_hash,
            l.hash,
            lag(l.hash, 1, repeat('0', 64)) over (order by l.position) as expected_previous,
            lag(l.position, 1, 0::bigint) over (order by l.position) + 1 as expected_position,
            platform.audit_hash(l.previous_hash, e) as expected_hash
        from platform.audit_link as l
        left join platform.audit_event as e on e.event_id = l.event_id
    )

    select 'a link is missing before this one', position, event_id from chain where position <> expected_position
    union all
    select 'the link does not follow the one before', position, event_id
    from chain where previous_hash <> expected_previous and position = expected_position
    union all
    select 'the event was changed or removed', position, event_id from chain where hash is distinct from expected_hash
$$;
