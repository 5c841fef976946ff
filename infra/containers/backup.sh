#!/usr/bin/env bash
# Backs the running stack up: the databases, then the objects (the archive only grows, so every file that the database
# knows is among them). One folder per backup.
#
#   infra/containers/backup.sh [FOLDER]      default: backups/<moment>
set -euo pipefail
cd "$(dirname "$0")/../.."
umask 077
target=${1:-backups/$(date -u +%Y%m%dT%H%M%SZ)}
mkdir -p "$target"
for database in quayside prefect; do
  docker compose exec -T postgres pg_dump -U postgres --format custom "$database" >"$target/$database.dump.part"
  mv "$target/$database.dump.part" "$target/$database.dump"
done
docker compose run --rm --no-deps -T --entrypoint tar volumes -C /volumes/objects -cf - store >"$target/objects.tar.part"
mv "$target/objects.tar.part" "$target/objects.tar"
(cd "$target" && sha256sum quayside.dump prefect.dump objects.tar >SHA256SUMS)
echo "$target"
