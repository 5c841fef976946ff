-- What became of what a person sent within a day? One row per file, newest batch first.
with mine as (
    select b.batch, b.created_at, b.number
    from platform.batch as b
    where b.created_by = %(person)s and b.created_at > now() - interval '1 day'
    order by b.created_at desc
    limit 50
),

sent as (select u.* from platform.upload as u inner join mine on mine.batch = u.batch),

known as (select f.* from platform.file as f inner join mine on mine.batch = f.batch),

both_of_them as (
    select
        coalesce(s.batch, k.batch) as batch,
        coalesce(s.object_key, k.object_key) as object_key,
        coalesce(s.dataset, k.dataset) as dataset,
        coalesce(s.base_name, k.base_name) as base_name,
        coalesce(s.size_bytes, k.size_bytes) as size_bytes,
        s.upload_id,
        s.state as upload_state,
        s.reason as upload_reason,
        s.received_bytes,
        s.seen_at,
        k.file_id,
        k.state as file_state,
        k.reason as file_reason,
        k.attempts,
        k.run_id
    from sent as s
    full join known as k on k.batch = s.batch and k.object_key = s.object_key
)

select
    o.*,
    o.file_state is null and o.upload_state in ('BEGUN', 'SENDING')
    and o.seen_at < now() - make_interval(secs => %(silence_s)s) as is_silent,
    m.created_at,
    r.state as run_state,
    r.started_at,
    r.rows_read,
    r.rows_loaded_at_first_pass as rows_loaded,
    r.rows_held_at_first_pass as rows_held,
    r.rows_loaded_already,
    r.warnings,
    coalesce(r.ended_at, clock_timestamp()) - r.started_at as taken,
    p.bytes_total,
    p.bytes_judged,
    p.rows_judged,
    p.rows_held as rows_held_so_far,
    p.rows_written,
    t.stages_started,
    t.stages_ended,
    t.rows_validated,
    t.rows_held_validated
from both_of_them as o
inner join mine as m on m.batch = o.batch
left join platform.run as r on r.run_id = o.run_id
left join platform.run_progress as p on p.run_id = o.run_id and o.file_state = 'RUNNING'
left join lateral (
    select
        array_agg(distinct e.details ->> 'stage') filter (where e.event = 'stage_started') as stages_started,
        array_agg(distinct e.details ->> 'stage') filter (where e.event = 'stage_ended') as stages_ended,
        max((e.counts ->> 'rows_read')::bigint) filter (where e.details ->> 'stage' = 'validate') as rows_validated,
        max((e.counts ->> 'rows_held')::bigint) filter (where e.details ->> 'stage' = 'validate') as rows_held_validated
    from platform.audit_event as e
    where o.file_state = 'RUNNING' and e.run_id = o.run_id and e.event in ('stage_started', 'stage_ended')
) as t on true
order by m.created_at desc, m.number desc, o.object_key
limit %(limit)s
