-- Which corrections could not follow to a newer version of their file, and wait for a person? One row per cell.
select
    c.conflict_id,
    c.dataset,
    c.correction_id,
    c.exception_id,
    f.base_name,
    c.run_id,
    c.line,
    c.column_name,
    c.made_on,
    c.corrected_to,
    c.found,
    c.reason,
    c.opened_at,
    e.exception_id as held_exception_id
from platform.correction_conflict as c
inner join platform.run as r on r.run_id = c.run_id
inner join platform.file as f on f.file_id = r.file_id
left join platform.exception as e on e.run_id = c.run_id and e.line = c.line and e.state = 'OPEN'
where c.closed_at is null and (%(dataset)s = '' or c.dataset = %(dataset)s)
order by c.conflict_id
