-- Which cells of these rows did people change last, and how? Grain: one row per row and column that was ever corrected.
select distinct on (row_key, column_name)
    row_key,
    column_name,
    old_value,
    new_value,
    kind,
    made_by,
    made_at,
    reason
from platform.correction
where dataset = %(dataset)s and row_key = any(%(names)s)
order by row_key, column_name, correction_id desc
