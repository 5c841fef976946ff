-- What people send from a browser, from its first byte to its place in the bucket. Grain: one row per file of an upload.
create table platform.upload (
    upload_id uuid primary key default gen_random_uuid(),
    batch text not null references platform.batch,
    dataset text not null references platform.dataset,
    object_key text not null unique,
    base_name text not null,
    size_bytes bigint not null check (size_bytes > 0),
    received_bytes bigint not null default 0,
    state text not null default 'BEGUN' check (state in ('BEGUN', 'SENDING', 'LANDED', 'ABORTED')),
    reason text check ((state = 'ABORTED') = (reason is not null)),
    begun_by text not null,
    begun_at timestamptz not null default now(),
    seen_at timestamptz not null default now(),
    ended_at timestamptz
);
create index upload_by_batch on platform.upload (batch);
create index upload_under_way on platform.upload (seen_at) where state in ('BEGUN', 'SENDING');
create index batch_by_person on platform.batch (created_by, created_at);
comment on table platform.upload is 'Files that people send from a browser; once landed, the ledger tells how they go on.';
comment on column platform.upload.upload_id is 'Name of the upload, known to who began it.';
comment on column platform.upload.batch is 'Batch of the upload.';
comment on column platform.upload.dataset is 'Dataset that the person chose.';
comment on column platform.upload.object_key is 'Key under which it lands.';
comment on column platform.upload.base_name is 'Name of the file.';
comment on column platform.upload.size_bytes is 'Size in bytes as announced; other sizes are refused.';
comment on column platform.upload.received_bytes is 'Bytes that were passed on, written every other second.';
comment on column platform.upload.state is 'BEGUN, SENDING, LANDED or ABORTED.';
comment on column platform.upload.reason is 'One sentence for ABORTED.';
comment on column platform.upload.begun_by is 'Account that sends it.';
comment on column platform.upload.begun_at is 'When the batch was begun (UTC).';
comment on column platform.upload.seen_at is 'Last sign of its sender (UTC); one that falls silent is given up.';
comment on column platform.upload.ended_at is 'When it landed or was aborted (UTC).';
