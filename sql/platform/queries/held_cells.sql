-- What did people write into these loaded rows while they were held? Grain: one row per act, oldest first for each row.
select
    e.run_id::text as run_id,
    e.line,
    e.cells as read,
    a.cells,
    a.made_at,
    a.made_by,
    a.reason
from unnest(%(run_ids)s::uuid[], %(lines)s::bigint[]) as p (run_id, line)
inner join platform.exception as e on e.run_id = p.run_id and e.line = p.line
inner join platform.exception_correction as a on a.exception_id = e.exception_id
where
    a.outcome <> 'DISCARDED'
    and exists (
        select 1
        from platform.exception_correction as r
        where r.exception_id = e.exception_id and r.outcome in ('RELEASED', 'UPDATED', 'WAIVED')
    )
order by e.exception_id, a.made_at
