-- Has a package a price per GB? A condition over a row of packages.
nullif(headline_quota_gb, 0) is not null
