-- What people change: held rows, loaded cells, runs that wait. Grain: as each table's comment says; all append-only.
alter table platform.exception
add column corrected json,
add column corrected_by text,
add column corrected_attempt integer,
add column was_loaded boolean not null default false;
comment on column platform.exception.attempts is 'Corrections that were saved, or tried and failed again.';
comment on column platform.exception.corrected is 'Raw cells that a person wrote over those of the file, by CSV column.';
comment on column platform.exception.corrected_by is 'Account that wrote them last.';
comment on column platform.exception.corrected_attempt is 'Equal to attempts while they wait to be tried.';
comment on column platform.exception.was_loaded is 'Whether the row counts as loaded at first pass: another line was released as an update of it, or a replay loaded it.';
create index exception_settled on platform.exception (dataset, digest) where state in ('RELEASED', 'WAIVED');
create index exception_by_state on platform.exception (state, dataset, exception_id);

alter table platform.finding add column attempt integer not null default 0;
comment on column platform.finding.attempt is 'Attempt of the exception to which it belongs; 0 is the first pass. The current ones have the attempt of the exception.';

create table platform.exception_correction (
    exception_id bigint not null references platform.exception,
    attempt integer not null,
    cells json not null,
    outcome text not null check (
        outcome in ('SAVED', 'RELEASED', 'UPDATED', 'WAIVED', 'STILL_OPEN', 'ALREADY_LOADED', 'DISCARDED')
    ),
    made_by text not null,
    made_at timestamptz not null default clock_timestamp(),
    reason text not null default '',
    carried_from bigint
);
create index exception_correction_by_exception on platform.exception_correction (exception_id);
comment on table platform.exception_correction is 'Append-only: what people did to an exception, one row per act.';
comment on column platform.exception_correction.exception_id is 'Exception.';
comment on column platform.exception_correction.attempt is 'Attempts before the act.';
comment on column platform.exception_correction.cells is 'The raw cells that were written, by CSV column.';
comment on column platform.exception_correction.outcome is 'What came of it.';
comment on column platform.exception_correction.made_by is 'Account.';
comment on column platform.exception_correction.made_at is 'When (UTC).';
comment on column platform.exception_correction.reason is 'Why, in the words of the person.';
comment on column platform.exception_correction.carried_from is 'Exception of an older version of the file on which the act was done.';

create table platform.waiver (
    waiver_id bigint generated always as identity primary key,
    exception_id bigint not null references platform.exception,
    attempt integer not null,
    asked_by text not null,
    asked_at timestamptz not null default now(),
    reason text not null,
    granted_by text,
    granted_at timestamptz,
    check (granted_by is distinct from asked_by)
);
create unique index waiver_asked on platform.waiver (exception_id, attempt) where granted_by is null;
comment on table platform.waiver is 'Requests to load a held row as it is; a second person grants them.';
comment on column platform.waiver.waiver_id is 'Number of the request.';
comment on column platform.waiver.exception_id is 'Exception.';
comment on column platform.waiver.attempt is 'Attempts of the exception at the time: a later correction needs a new request.';
comment on column platform.waiver.asked_by is 'Account that asked.';
comment on column platform.waiver.asked_at is 'When (UTC).';
comment on column platform.waiver.reason is 'Why it should be loaded as it is.';
comment on column platform.waiver.granted_by is 'Account that granted it, never the one that asked.';
comment on column platform.waiver.granted_at is 'When (UTC).';

create table platform.correction (
    correction_id bigint generated always as identity primary key,
    dataset text not null references platform.dataset,
    run_id uuid not null references platform.run,
    line bigint not null,
    row_key text not null,
    column_name text not null,
    base_value text,
    old_value text,
    new_value text,
    told text not null,
    warnings text[] not null default '{}',
    kind text not null check (kind in ('CORRECTION', 'UNDO', 'UPDATE', 'CARRIED')),
    made_by text not null,
    made_at timestamptz not null default clock_timestamp(),
    reason text not null default '',
    undoes bigint unique references platform.correction,
    carried_from bigint references platform.correction
);
create index correction_by_row on platform.correction (run_id, line);
create index correction_by_key on platform.correction (dataset, row_key);
comment on table platform.correction is 'Append-only: one row per cell of a loaded row that a person changed.';
comment on column platform.correction.correction_id is 'Number of the correction.';
comment on column platform.correction.dataset is 'Dataset of the row.';
comment on column platform.correction.run_id is 'Run of the row.';
comment on column platform.correction.line is 'Line of the row.';
comment on column platform.correction.row_key is 'Key of the row at the time, RUN:LINE where the dataset has none.';
comment on column platform.correction.column_name is 'CSV column.';
comment on column platform.correction.base_value is 'Value that the line itself gave, before any correction.';
comment on column platform.correction.old_value is 'Value before.';
comment on column platform.correction.new_value is 'Value after.';
comment on column platform.correction.told is 'Text that the person wrote.';
comment on column platform.correction.warnings is 'Warnings of the rules about the row after it.';
comment on column platform.correction.kind is 'CORRECTION; UNDO of another one; UPDATE by a released line of the same key; CARRIED from an older version of the file.';
comment on column platform.correction.made_by is 'Account.';
comment on column platform.correction.made_at is 'When (UTC).';
comment on column platform.correction.reason is 'Why, in the words of the person.';
comment on column platform.correction.undoes is 'Correction that it takes back.';
comment on column platform.correction.carried_from is 'Correction of the older version that it repeats.';

create table platform.correction_conflict (
    conflict_id bigint generated always as identity primary key,
    dataset text not null references platform.dataset,
    correction_id bigint references platform.correction,
    exception_id bigint references platform.exception,
    run_id uuid not null references platform.run,
    line bigint,
    column_name text not null,
    made_on text,
    corrected_to text,
    found text,
    reason text not null,
    opened_at timestamptz not null default now(),
    closed_at timestamptz,
    closed_by text
);
create index correction_conflict_open on platform.correction_conflict (dataset, run_id, line) where closed_at is null;
comment on table platform.correction_conflict is 'Corrections that could not follow to a new version of their file. One row per cell.';
comment on column platform.correction_conflict.conflict_id is 'Number of the conflict.';
comment on column platform.correction_conflict.dataset is 'Dataset.';
comment on column platform.correction_conflict.correction_id is 'Correction of a loaded cell that did not follow.';
comment on column platform.correction_conflict.exception_id is 'Exception of the older version whose correction did not follow.';
comment on column platform.correction_conflict.run_id is 'Run of the new version.';
comment on column platform.correction_conflict.line is 'Matching line of the new version, null where it has none.';
comment on column platform.correction_conflict.column_name is 'CSV column.';
comment on column platform.correction_conflict.made_on is 'Value of the file on which the correction was made.';
comment on column platform.correction_conflict.corrected_to is 'Value that the person gave.';
comment on column platform.correction_conflict.found is 'Value in the new version.';
comment on column platform.correction_conflict.reason is 'Why it did not follow.';
comment on column platform.correction_conflict.opened_at is 'When it was found (UTC).';
comment on column platform.correction_conflict.closed_at is 'When it was settled (UTC).';
comment on column platform.correction_conflict.closed_by is 'Account that corrected the cell again or took the correction back, or system.';

alter table platform.run add column duplicates_judged_at timestamptz;
comment on column platform.run.duplicates_judged_at is 'From when on no other run of the dataset could be published: duplicates were judged against what stood then (UTC).';
update platform.run set duplicates_judged_at = ended_at;

create table platform.review_decision (
    run_id uuid primary key references platform.run,
    decision text not null check (decision in ('GO_ON', 'REJECT')),
    made_by text not null,
    made_at timestamptz not null default now(),
    reason text not null
);
comment on table platform.review_decision is 'What a person decided on a run that waited.';
comment on column platform.review_decision.run_id is 'Run that waited.';
comment on column platform.review_decision.decision is 'GO_ON: the file is read again from the archive and published; REJECT.';
comment on column platform.review_decision.made_by is 'Account.';
comment on column platform.review_decision.made_at is 'When (UTC).';
comment on column platform.review_decision.reason is 'Why.';
alter table platform.file add column let_go_on_by text;
comment on column platform.file.let_go_on_by is 'Account that let it go on in spite of its many errors; it is read from the archive.';

create trigger append_only before update or delete on platform.exception_correction
for each row execute function platform.refuse();
create trigger append_only before update or delete on platform.correction
for each row execute function platform.refuse();
create trigger append_only before update or delete on platform.review_decision
for each row execute function platform.refuse();
create trigger no_truncate before truncate on platform.exception_correction
for each statement execute function platform.refuse();
create trigger no_truncate before truncate on platform.correction
for each statement execute function platform.refuse();
create trigger no_truncate before truncate on platform.review_decision
for each statement execute function platform.refuse();
create trigger never_deleted before delete or truncate on platform.waiver
for each statement execute function platform.refuse();
create trigger never_deleted before delete or truncate on platform.correction_conflict
for each statement execute function platform.refuse();

-- A correction changes cells and leaves the row where it was: such an update needs no count of a run of millions.
create or replace function platform.count_changed() returns trigger
language plpgsql as $$
begin
    insert into platform.law_check (run_id)
    select run_id from (
        (select run_id, line from added except select run_id, line from removed)
        union
        (select run_id, line from removed except select run_id, line from added)
    ) as moved
    group by run_id
    on conflict do nothing;
    return null;
end $$;

create function platform.count_changed_exceptions() returns trigger
language plpgsql as $$
begin
    insert into platform.law_check (run_id)
    select run_id from (
        (
            select run_id, line, state in ('OPEN', 'DISCARDED', 'SUPERSEDED') from added
            except select run_id, line, state in ('OPEN', 'DISCARDED', 'SUPERSEDED') from removed
        )
        union
        (
            select run_id, line, state in ('OPEN', 'DISCARDED', 'SUPERSEDED') from removed
            except select run_id, line, state in ('OPEN', 'DISCARDED', 'SUPERSEDED') from added
        )
    ) as moved (run_id, line, is_held)
    group by run_id
    on conflict do nothing;
    return null;
end $$;
drop trigger law_update on platform.exception;
create trigger law_update after update on platform.exception referencing old table as removed new table as added
for each statement execute function platform.count_changed_exceptions();

create or replace view platform.run_measures as
with held as (
    select
        run_id,
        count(*) filter (where state in ('OPEN', 'DISCARDED', 'SUPERSEDED')) as rows_held,
        count(*) filter (where state = 'OPEN') as exceptions_open,
        count(*) filter (where state in ('RELEASED', 'WAIVED') and not was_loaded)
        - count(*) filter (where state in ('OPEN', 'DISCARDED', 'SUPERSEDED') and was_loaded) as rows_corrected
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

create or replace view platform.control_effectiveness as
with closed as (
    select distinct e.dataset, f.rule, e.exception_id, e.state in ('RELEASED', 'DISCARDED') as is_confirmed
    from platform.finding as f
    inner join platform.exception as e on e.run_id = f.run_id and e.line = f.line
    where
        e.state in ('RELEASED', 'WAIVED', 'DISCARDED') and e.closed_by <> 'system' and f.severity = 'error'
        and f.attempt <= e.attempts and not (e.was_loaded and e.state = 'RELEASED')
)

select
    dataset,
    rule,
    count(*) as findings_closed_by_a_person,
    count(*) filter (where is_confirmed) as findings_confirmed,
    round(count(*) filter (where is_confirmed) / count(*)::numeric, 6) as effectiveness
from closed
group by dataset, rule;
