-- What is held and why. Grain: one row per held row of a file; one row per rule that a row broke.
create table platform.exception (
    exception_id bigint generated always as identity primary key,
    dataset text not null references platform.dataset,
    run_id uuid not null references platform.run,
    file_id bigint not null references platform.file,
    line bigint not null,
    byte_start bigint not null,
    byte_length bigint not null,
    raw_text text,
    cells json,
    extra json,
    typed jsonb,
    digest text generated always as (md5(coalesce(raw_text, cells::text || coalesce(extra::text, '')))) stored,
    stage text not null check (stage in ('reading', 'validation', 'duplicates', 'correction')),
    category text not null,
    state text not null default 'OPEN' check (state in ('OPEN', 'RELEASED', 'WAIVED', 'DISCARDED', 'SUPERSEDED')),
    attempts integer not null default 0,
    opened_at timestamptz not null default now(),
    closed_at timestamptz,
    closed_by text,
    reason text,
    standing_run_id uuid,
    standing_line bigint,
    unique (run_id, line)
);
create index exception_open on platform.exception (dataset, digest) where state = 'OPEN';
comment on table platform.exception is 'The rows that were held. Never deleted.';
comment on column platform.exception.exception_id is 'Number of the exception.';
comment on column platform.exception.dataset is 'Dataset of the file.';
comment on column platform.exception.run_id is 'Run that held the row.';
comment on column platform.exception.file_id is 'File of the row.';
comment on column platform.exception.line is 'Physical line on which the record starts.';
comment on column platform.exception.byte_start is 'Offset of the record in the file as UTF-8 text.';
comment on column platform.exception.byte_length is 'Length of the record in bytes.';
comment on column platform.exception.raw_text is 'The record as it stands, where it could not be read as fields; at most 64 KiB.';
comment on column platform.exception.cells is 'The raw cells as text, by CSV column.';
comment on column platform.exception.extra is 'Cells of columns that the dataset does not declare.';
comment on column platform.exception.typed is 'The values that could be read, as text, by mart column.';
comment on column platform.exception.digest is 'Equal for rows that say the same.';
comment on column platform.exception.stage is 'Stage that held it.';
comment on column platform.exception.category is 'Primary category.';
comment on column platform.exception.state is 'OPEN, RELEASED, WAIVED, DISCARDED or SUPERSEDED.';
comment on column platform.exception.attempts is 'Corrections that failed again.';
comment on column platform.exception.opened_at is 'When it was held (UTC).';
comment on column platform.exception.closed_at is 'When it was closed (UTC).';
comment on column platform.exception.closed_by is 'Account, or system.';
comment on column platform.exception.reason is 'Why it was closed.';
comment on column platform.exception.standing_run_id is 'Run of the row that stands under its key.';
comment on column platform.exception.standing_line is 'Line of the row that stands under its key.';

create table platform.finding (
    run_id uuid not null,
    line bigint not null,
    rule text not null,
    category text not null,
    severity text not null,
    column_name text not null,
    value text,
    message text not null,
    rule_fingerprint text not null
);
create index finding_by_row on platform.finding (run_id, line);
comment on table platform.finding is 'One rule that one row broke; warnings of loaded rows too. Of a run that waits for review: a sample.';
comment on column platform.finding.run_id is 'Run that judged the row.';
comment on column platform.finding.line is 'Physical line on which the record starts.';
comment on column platform.finding.rule is 'Code of the rule.';
comment on column platform.finding.category is 'Category of the rule.';
comment on column platform.finding.severity is 'error or warning.';
comment on column platform.finding.column_name is 'CSV column, empty for the whole record.';
comment on column platform.finding.value is 'The text of the cell.';
comment on column platform.finding.message is 'What is wrong, with the values of the row.';
comment on column platform.finding.rule_fingerprint is 'State of the rules that judged it.';
