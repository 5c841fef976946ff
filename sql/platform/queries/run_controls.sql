-- How did each rule of a run end? One row per rule, what failed first.
select k.rule, k.category, k.severity, k.tested, k.failed, k.not_evaluated, k.control, coalesce(l.sentence, '') as sentence
from platform.run_rule as k
inner join platform.run as r on r.run_id = k.run_id
left join platform.rule as l on l.dataset = r.dataset and l.code = k.rule
where k.run_id = %(run_id)s
order by k.failed desc, l.position, k.rule
