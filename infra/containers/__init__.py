"""What the services of `docker-compose.yml` run besides the command `quayside`."""
