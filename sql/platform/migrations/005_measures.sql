-- The measures, each under its own name. No rows: no value.
create view platform.run_measures as
with held as (
    select
        run_id,
        count(*) filter (where state in ('OPEN', 'DISCARDED', 'SUPERSEDED')) as rows_held,
        count(*) filter (where state = 'OPEN') as exceptions_open,
        count(*) filter (where state in ('RELEASED', 'WAIVED')) as rows_corrected
    from platform.exception
    group by run_id
),

checks as (
    select
        run_id,
        sum(tested) filter (where severity = 'error') as checks_evaluated,
        sum(tested - failed) filter (where severity = 'error') as checks_passed,
        sum(failed) filter (where severity = 'warning') as warnings
    from platform.run_rule
    group by run_id
)

select
    r.run_id,
    r.dataset,
    r.file_id,
    r.state,
    r.rows_read,
    r.rows_loaded_at_first_pass + coalesce(h.rows_corrected, 0) as rows_loaded,
    coalesce(h.rows_held, 0) as rows_held,
    coalesce(h.exceptions_open, 0) as exceptions_open,
    coalesce(c.warnings, 0) as warnings,
    round(r.rows_loaded_at_first_pass / nullif(r.rows_read, 0)::numeric, 6) as first_pass_quality,
    round(
        (r.rows_loaded_at_first_pass + coalesce(h.rows_corrected, 0)) / nullif(r.rows_read, 0)::numeric, 6
    ) as final_quality,
    round(c.checks_passed / nullif(c.checks_evaluated, 0)::numeric, 6) as check_pass_rate,
    round(coalesce(h.rows_held, 0) / nullif(r.rows_read, 0)::numeric, 6) as exception_rate,
    c.checks_passed / nullif(c.checks_evaluated, 0)::numeric > 0.95 as meets_check_pass_target,
    coalesce(h.rows_held, 0) / nullif(r.rows_read, 0)::numeric < 0.05 as meets_exception_target
from platform.run as r
left join held as h on h.run_id = r.run_id
left join checks as c on c.run_id = r.run_id
where r.state = 'COMPLETED';
comment on view platform.run_measures is 'Quality of each completed run; rates are shares from 0 to 1, null without rows.';

create view platform.dataset_measures as
select
    dataset,
    count(*) as runs,
    sum(rows_read) as rows_read,
    sum(rows_loaded) as rows_loaded,
    sum(rows_held) as rows_held,
    sum(exceptions_open) as exceptions_open,
    round(sum(first_pass_quality * rows_read) / nullif(sum(rows_read), 0), 6) as first_pass_quality,
    round(sum(rows_loaded) / nullif(sum(rows_read), 0), 6) as final_quality,
    round(sum(rows_held) / nullif(sum(rows_read), 0), 6) as exception_rate
from platform.run_measures
group by dataset;
comment on view platform.dataset_measures is 'Quality of each dataset over all its completed runs.';

create view platform.held_by_category as
select run_id, dataset, category, state, count(*) as rows_held
from platform.exception
group by run_id, dataset, category, state;
comment on view platform.held_by_category is 'Exceptions of each run by primary category and state.';

create view platform.control as
select
    r.dataset,
    rr.rule,
    rr.category,
    rr.severity,
    count(*) as runs,
    sum(rr.tested) as tested,
    sum(rr.failed) as failed,
    sum(rr.not_evaluated) as not_evaluated,
    round(sum(rr.tested - rr.failed) / nullif(sum(rr.tested), 0), 6) as pass_rate
from platform.run_rule as rr
inner join platform.run as r on r.run_id = rr.run_id
where r.state = 'COMPLETED'
group by r.dataset, rr.rule, rr.category, rr.severity;
comment on view platform.control is 'Each rule over all completed runs.';

create view platform.control_effectiveness as
select
    e.dataset,
    f.rule,
    count(*) as findings_closed_by_a_person,
    count(*) filter (where e.state in ('RELEASED', 'DISCARDED')) as findings_confirmed,
    round(count(*) filter (where e.state in ('RELEASED', 'DISCARDED')) / count(*)::numeric, 6) as effectiveness
from platform.finding as f
inner join platform.exception as e on e.run_id = f.run_id and e.line = f.line
where e.state in ('RELEASED', 'WAIVED', 'DISCARDED') and e.closed_by <> 'system'
group by e.dataset, f.rule;
comment on view platform.control_effectiveness is 'Findings that a person confirmed (corrected or discarded), of all that a person closed, by rule.';
