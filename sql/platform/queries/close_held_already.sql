-- Close what a run holds and an earlier run held as it is; one that was repaired counts before one that is open. Each
-- row is looked up by itself, since the statistics do not know the rows of a run that is not committed.
update platform.exception as e
set
    state = 'DISCARDED',
    closed_at = now(),
    closed_by = 'system',
    reason = case
        when k.state = 'OPEN'
            then 'already held: line ' || k.line || ' of run ' || k.run_id || ' says the same and is open'
        else 'already loaded: line ' || k.line || ' of run ' || k.run_id || ' says the same and was ' || lower(k.state)
    end
from (
    select
        h.exception_id,
        coalesce(settled.state, opened.state) as state,
        coalesce(settled.line, opened.line) as line,
        coalesce(settled.run_id, opened.run_id) as run_id
    from platform.exception as h
    left join lateral (
        select s.state, s.line, s.run_id
        from platform.exception as s
        where
            s.dataset = %(dataset)s and s.digest = h.digest and s.state in ('RELEASED', 'WAIVED')
            and s.run_id <> %(run_id)s
        order by s.exception_id + 0 limit 1
    ) as settled on true
    left join lateral (
        select s.state, s.line, s.run_id
        from platform.exception as s
        where s.dataset = %(dataset)s and s.digest = h.digest and s.state = 'OPEN' and s.run_id <> %(run_id)s
        order by s.exception_id + 0 limit 1
    ) as opened on settled.state is null
    where
        h.run_id = %(run_id)s and h.state = 'OPEN'
        and (
            h.raw_text is not null
            or not exists (select 1 from unnest(%(keys)s::text[]) as n (name) where h.typed ->> n.name is null)
        )
) as k
where e.exception_id = k.exception_id and k.state is not null
