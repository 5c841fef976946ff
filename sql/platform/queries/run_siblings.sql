-- With which runs can one be compared? One row per other run of its dataset with counts; those of the same file name first.
select o.run_id, f.base_name, o.state, o.started_at, o.rows_read, f.base_name = mine.base_name as is_same_name
from platform.run as r
inner join platform.file as mine on mine.file_id = r.file_id
inner join platform.run as o on o.dataset = r.dataset and o.run_id <> r.run_id and o.state in ('COMPLETED', 'AWAITING_REVIEW')
inner join platform.file as f on f.file_id = o.file_id
where r.run_id = %(run_id)s
order by f.base_name = mine.base_name desc, o.started_at desc
limit %(limit)s
