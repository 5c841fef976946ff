-- What people keep to look at again. Grain: one row per person, page and name.
create table platform.saved_view (
    account text not null references platform.account,
    page text not null,
    name text not null check (length(name) between 1 and 60),
    address text not null check (length(address) <= 4000),
    saved_at timestamptz not null default now(),
    primary key (account, page, name)
);
comment on table platform.saved_view is 'Views that people saved for themselves.';
comment on column platform.saved_view.account is 'Account that sees it.';
comment on column platform.saved_view.page is 'Page of the dashboard.';
comment on column platform.saved_view.name is 'How the person calls it.';
comment on column platform.saved_view.address is 'Query of the address: what was chosen on the page.';
comment on column platform.saved_view.saved_at is 'When it was saved last (UTC).';
