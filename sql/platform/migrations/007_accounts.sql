-- Who may do what, and who is signed in. Grain: one row per account, session, and name that someone tried to sign in as.
create table platform.account (
    account text primary key check (account ~ '^[a-z0-9][a-z0-9._@-]{0,63}$'),
    role text not null check (role in ('viewer', 'editor', 'steward', 'admin')),
    password_hash text,
    is_active boolean not null default true,
    created_by text not null,
    created_at timestamptz not null default now()
);
comment on table platform.account is 'The people who may sign in. Never deleted: the audit trail names them.';
comment on column platform.account.account is 'Name, in lower case.';
comment on column platform.account.role is 'viewer, editor, steward or admin; each may do what the ones before it may.';
comment on column platform.account.password_hash is 'Argon2id with its parameters; null where another system signs the person in.';
comment on column platform.account.is_active is 'Whether it may sign in.';
comment on column platform.account.created_by is 'Account that made it, or system.';
comment on column platform.account.created_at is 'When it was made (UTC).';
create trigger never_deleted before delete or truncate on platform.account
for each statement execute function platform.refuse();

create table platform.session (
    token_hash text primary key,
    account text not null references platform.account,
    client text not null,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null
);
create index session_by_account on platform.session (account);
comment on table platform.session is 'Who is signed in. The token itself is known to its owner alone.';
comment on column platform.session.token_hash is 'SHA-256 of the token.';
comment on column platform.session.account is 'Account.';
comment on column platform.session.client is 'Where the person signed in: command line or dashboard.';
comment on column platform.session.created_at is 'Sign-in (UTC).';
comment on column platform.session.expires_at is 'When it ends by itself (UTC).';

create table platform.sign_in_throttle (
    name_hash text primary key,
    failures integer not null default 0,
    blocked_until timestamptz not null default '-infinity'
);
comment on table platform.sign_in_throttle is 'Failed sign-ins since the last good one, by the name that was tried.';
comment on column platform.sign_in_throttle.name_hash is 'SHA-256 of the name that was tried, known or not.';
comment on column platform.sign_in_throttle.failures is 'Failures in a row.';
comment on column platform.sign_in_throttle.blocked_until is 'Before this moment no password is looked at (UTC).';
