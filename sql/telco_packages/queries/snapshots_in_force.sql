-- Which snapshots are there? One row per operator, city, line of service and file date, the newest first.
select operator, city, line_of_service, file_date, packages, is_latest
from telco_packages.snapshots
order by operator, city, line_of_service, file_date desc
