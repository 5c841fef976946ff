-- What landed, in which batch, and the runs over it. Grain: one row per batch, file, run, and run and rule.
create schema if not exists platform;
comment on schema platform is 'What every dataset shares: files, runs, rules, exceptions, audit.';

create table platform.dataset (
    name text primary key,
    title text not null,
    mart_table text not null,
    new_version text not null check (new_version in ('append', 'replace')),
    rule_fingerprint text not null
);
comment on table platform.dataset is 'The declared datasets, written by `quayside migrate`.';
comment on column platform.dataset.name is 'Prefix in the landing bucket and schema in this database.';
comment on column platform.dataset.title is 'Name for people.';
comment on column platform.dataset.mart_table is 'Row-level table in the schema of the dataset.';
comment on column platform.dataset.new_version is 'What new bytes under a known base name mean.';
comment on column platform.dataset.rule_fingerprint is 'State of the rules in the installed code.';

create table platform.rule (
    dataset text not null references platform.dataset,
    code text not null,
    category text not null,
    severity text not null check (severity in ('error', 'warning')),
    may_be_waived boolean not null,
    column_name text not null,
    sentence text not null,
    position integer not null,
    primary key (dataset, code)
);
comment on table platform.rule is 'The rules of the installed code, written by `quayside migrate`.';
comment on column platform.rule.dataset is 'Dataset that the rule judges.';
comment on column platform.rule.code is 'Stable name of the rule.';
comment on column platform.rule.category is 'Category of its findings.';
comment on column platform.rule.severity is 'error holds the row, warning loads it.';
comment on column platform.rule.may_be_waived is 'Whether a held row may be loaded as it is.';
comment on column platform.rule.column_name is 'CSV column that it is about, empty for the whole record.';
comment on column platform.rule.sentence is 'What should hold.';
comment on column platform.rule.position is 'Order of judging, from 1.';

create table platform.batch (
    batch text primary key,
    batch_on date not null,
    number integer not null check (number > 0),
    source text not null check (source in ('upload', 'pickup')),
    created_by text not null,
    created_at timestamptz not null default now(),
    unique (batch_on, number)
);
comment on table platform.batch is 'The files that one upload or one pickup scan brought.';
comment on column platform.batch.batch is 'batch_DDMMYY_n';
comment on column platform.batch.batch_on is 'Business day of its landing.';
comment on column platform.batch.number is 'From 1 each day, without gaps, over all datasets.';
comment on column platform.batch.source is 'upload: tagged by its sender; pickup: found by a scan.';
comment on column platform.batch.created_by is 'Who landed it, as far as is known.';
comment on column platform.batch.created_at is 'When it was allocated (UTC).';

create function platform.allocate_batch(day date, from_source text, by_whom text) returns text
language plpgsql as $$
declare
    next_number integer;
    name text;
begin
    perform pg_advisory_xact_lock(hashtext('quayside.batch'), extract(julian from day)::integer);
    select coalesce(max(b.number), 0) + 1 into next_number from platform.batch as b where b.batch_on = day;
    name := 'batch_' || to_char(day, 'DDMMYY') || '_' || next_number;
    insert into platform.batch (batch, batch_on, number, source, created_by)
    values (name, day, next_number, from_source, by_whom);
    return name;
end $$;
comment on function platform.allocate_batch is 'Returns the next batch of a day; waits for a concurrent allocation.';

create table platform.file (
    file_id bigint generated always as identity primary key,
    dataset text not null references platform.dataset,
    bucket text not null,
    object_key text not null,
    version_id text not null default '',
    etag text not null,
    modified_at timestamptz not null,
    size_bytes bigint not null,
    base_name text not null,
    batch text not null references platform.batch,
    landed_by text not null,
    landed_at timestamptz not null,
    landed_on date not null,
    registered_at timestamptz not null default now(),
    sha256 text,
    encoding text,
    identity text,
    state text not null default 'LANDED' check (
        state in ('LANDED', 'RUNNING', 'COMPLETED', 'AWAITING_REVIEW', 'REJECTED', 'FAILED', 'DUPLICATE')
    ),
    reason text,
    run_id uuid,
    fence bigint not null default 0,
    lease_expires_at timestamptz,
    attempts integer not null default 0,
    replaced_by_run uuid,
    unique (bucket, object_key, version_id, etag, modified_at)
);
create unique index file_in_force on platform.file (dataset, identity)
where state in ('COMPLETED', 'AWAITING_REVIEW') and replaced_by_run is null;
create index file_waiting on platform.file (file_id) where state in ('LANDED', 'RUNNING');
create index file_by_name on platform.file (dataset, base_name);
create index file_by_batch on platform.file (batch);
comment on table platform.file is 'The ledger: one row per landed version of an object. It is also the claim on the file.';
comment on column platform.file.file_id is 'Number of the file.';
comment on column platform.file.dataset is 'Dataset, from the prefix of the key.';
comment on column platform.file.bucket is 'Bucket in which it landed.';
comment on column platform.file.object_key is 'Key of the object.';
comment on column platform.file.version_id is 'Version of the object, empty in an unversioned bucket.';
comment on column platform.file.etag is 'ETag of the object.';
comment on column platform.file.modified_at is 'LastModified of the object (UTC).';
comment on column platform.file.size_bytes is 'Size of the object in bytes.';
comment on column platform.file.base_name is 'Last part of the key.';
comment on column platform.file.batch is 'Batch that brought it.';
comment on column platform.file.landed_by is 'Who put it, as far as the object tells.';
comment on column platform.file.landed_at is 'When it landed (UTC).';
comment on column platform.file.landed_on is 'Business day of its landing.';
comment on column platform.file.registered_at is 'When the ledger learned of it (UTC).';
comment on column platform.file.sha256 is 'SHA-256 of its bytes, which lie at archive/<sha256>.';
comment on column platform.file.encoding is 'utf-8, utf-16-le or utf-16-be.';
comment on column platform.file.identity is 'What makes it the same as another file: its bytes, or its bytes and its name.';
comment on column platform.file.state is 'LANDED, RUNNING, COMPLETED, AWAITING_REVIEW, REJECTED, FAILED or DUPLICATE.';
comment on column platform.file.reason is 'One sentence for REJECTED, FAILED and DUPLICATE.';
comment on column platform.file.run_id is 'Run that works or worked on it last.';
comment on column platform.file.fence is 'Rises with each claim: a late owner can no longer publish.';
comment on column platform.file.lease_expires_at is 'When a claim without renewal is free for others (UTC).';
comment on column platform.file.attempts is 'How often it was claimed.';
comment on column platform.file.replaced_by_run is 'Run of the newer version that took its place.';

create table platform.unclaimed_object (
    bucket text not null,
    object_key text not null,
    etag text not null,
    size_bytes bigint not null,
    reason text not null,
    seen_at timestamptz not null default now(),
    primary key (bucket, object_key, etag)
);
comment on table platform.unclaimed_object is 'Objects that belong to no dataset; they are left where they are.';
comment on column platform.unclaimed_object.bucket is 'Bucket in which it lies.';
comment on column platform.unclaimed_object.object_key is 'Key of the object.';
comment on column platform.unclaimed_object.etag is 'ETag of the object.';
comment on column platform.unclaimed_object.size_bytes is 'Size of the object in bytes.';
comment on column platform.unclaimed_object.reason is 'Why it is not picked up, and what to do.';
comment on column platform.unclaimed_object.seen_at is 'When it was first seen (UTC).';

create table platform.run (
    run_id uuid primary key,
    file_id bigint not null references platform.file,
    dataset text not null references platform.dataset,
    name text not null,
    state text not null default 'RUNNING' check (
        state in ('RUNNING', 'COMPLETED', 'AWAITING_REVIEW', 'REJECTED', 'FAILED')
    ),
    rule_fingerprint text not null,
    code_version text not null,
    started_at timestamptz not null default now(),
    ended_at timestamptz,
    rows_read bigint,
    rows_loaded_at_first_pass bigint,
    rows_held_at_first_pass bigint,
    rows_loaded_already bigint,
    empty_lines bigint,
    warnings text[] not null default '{}',
    reason text,
    replaced_by_run uuid
);
create index run_by_file on platform.run (file_id);
create index run_by_start on platform.run (started_at);
comment on table platform.run is 'One execution over one file; its id is the id of the Prefect flow run.';
comment on column platform.run.run_id is 'Id of the run, the same in Prefect, marts, exceptions and audit.';
comment on column platform.run.file_id is 'File that it read.';
comment on column platform.run.dataset is 'Dataset of the file.';
comment on column platform.run.name is 'Name that a person recognises.';
comment on column platform.run.state is 'RUNNING, COMPLETED, AWAITING_REVIEW, REJECTED or FAILED.';
comment on column platform.run.rule_fingerprint is 'State of the rules that judged it.';
comment on column platform.run.code_version is 'Version of the code.';
comment on column platform.run.started_at is 'Start (UTC).';
comment on column platform.run.ended_at is 'End (UTC).';
comment on column platform.run.rows_read is 'Records of the file.';
comment on column platform.run.rows_loaded_at_first_pass is 'Rows loaded by the run itself.';
comment on column platform.run.rows_held_at_first_pass is 'Rows held by the run itself.';
comment on column platform.run.rows_loaded_already is 'Held rows that say the same as a row that stands.';
comment on column platform.run.empty_lines is 'Lines without a character, which are no rows.';
comment on column platform.run.warnings is 'What a person should know about the file as a whole.';
comment on column platform.run.reason is 'One sentence for every state but COMPLETED.';
comment on column platform.run.replaced_by_run is 'Run of the newer version that took its place.';

create table platform.run_rule (
    run_id uuid not null references platform.run,
    rule text not null,
    category text not null,
    severity text not null,
    tested bigint not null,
    failed bigint not null,
    not_evaluated bigint not null,
    control text generated always as (
        case when tested = 0 then 'NOT_EVALUATED' when failed = 0 then 'PASSED' else 'FAILED' end
    ) stored,
    primary key (run_id, rule)
);
comment on table platform.run_rule is 'Every rule of every run, also those without a failure.';
comment on column platform.run_rule.run_id is 'Run.';
comment on column platform.run_rule.rule is 'Code of the rule.';
comment on column platform.run_rule.category is 'Category of its findings.';
comment on column platform.run_rule.severity is 'error or warning.';
comment on column platform.run_rule.tested is 'Rows that passed or failed it.';
comment on column platform.run_rule.failed is 'Rows that failed it.';
comment on column platform.run_rule.not_evaluated is 'Rows whose operands were missing or unreadable.';
comment on column platform.run_rule.control is 'PASSED, FAILED or NOT_EVALUATED.';
