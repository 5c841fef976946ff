-- What people ask of many open rows is answered from indexes that hold it, in the order of the file.
create index exception_held on platform.exception (run_id, line)
include (attempts, dataset, category, exception_id) where state = 'OPEN';
create index finding_of_row on platform.finding (run_id, line, attempt, rule) include (severity);
drop index platform.finding_by_row;

-- One check of each held row instead of three, and it says more: the run is one over that file, of that dataset.
alter table platform.run add constraint run_of_file unique (run_id, file_id, dataset);
alter table platform.exception
add constraint exception_of_run foreign key (run_id, file_id, dataset)
references platform.run (run_id, file_id, dataset),
drop constraint exception_run_id_fkey,
drop constraint exception_file_id_fkey,
drop constraint exception_dataset_fkey;
