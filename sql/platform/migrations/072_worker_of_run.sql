-- Where a run runs: a worker that is about to stop asks whether a file of its own is under way.
alter table platform.run add column worker text not null default '';
comment on column platform.run.worker is 'Worker on which it runs; empty where none was known.';
