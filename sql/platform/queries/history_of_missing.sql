-- How many cells of each column were missing? One row per run and column, of the runs that are named.
select m.run_id, m.column_name, m.tested, m.missing, m.source
from platform.run_missing as m
where m.run_id = any(%(run_ids)s)
