-- What is open, and since when? One row per dataset and category.
select dataset, category, count(*) as exceptions, min(opened_at) as oldest_at
from platform.exception
where state = 'OPEN'
group by dataset, category
order by exceptions desc, dataset, category
