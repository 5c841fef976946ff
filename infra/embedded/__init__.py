"""The whole stack on one machine without Docker: PostgreSQL and an S3 server from wheels, Prefect server and worker."""
