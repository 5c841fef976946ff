#!/usr/bin/env bash
# Puts a backup in place of what the stack has, and starts it. Roles and passwords are those of .env.
#
#   infra/containers/restore.sh FOLDER
set -euo pipefail
cd "$(dirname "$0")/../.."
source=${1:?name the folder of a backup}
(cd "$source" && sha256sum --quiet --check SHA256SUMS)
docker compose down --volumes --remove-orphans
docker compose up --detach --wait postgres
docker compose run --rm --no-deps -T volumes
docker compose run --rm --no-deps -T --entrypoint tar volumes -C /volumes/objects -xf - <"$source/objects.tar"
docker compose run --rm --no-deps -T --entrypoint python setup-database -m infra.containers.setup roles
for database in quayside prefect; do
  docker compose exec -T postgres pg_restore -U postgres --exit-on-error --dbname "$database" <"$source/$database.dump"
done
docker compose up --detach --no-build
