-- What waits for a person? One row.
select
    (select count(*) from platform.exception where state = 'OPEN') as exceptions,
    (select count(*) from platform.file where state = 'AWAITING_REVIEW' and replaced_by_run is null) as reviews,
    (
        select count(*) from platform.waiver as w
        inner join platform.exception as e on e.exception_id = w.exception_id and e.attempts = w.attempt
        where e.state = 'OPEN' and w.granted_by is null
    ) as waivers,
    (select count(*) from platform.correction_conflict where closed_at is null) as conflicts,
    (select count(*) from platform.unclaimed_object) as unclaimed
