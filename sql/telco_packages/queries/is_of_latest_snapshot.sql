-- Is a package of the latest snapshot of its operator, city and line of service? A condition over a row of packages.
(operator, city, line_of_service, file_date) in (
    select s.operator, s.city, s.line_of_service, s.file_date from telco_packages.snapshots as s where s.is_latest
)
