-- Other flows than pickup give signs of life too, so that a dead one is known. Grain: one row per flow run.
alter table platform.watcher add column flow text not null default 'pickup';
comment on table platform.watcher is 'Flow runs that give signs of life; a worker starts another pickup when its own falls silent.';
comment on column platform.watcher.flow is 'Flow: pickup, resubmit or replay.';
