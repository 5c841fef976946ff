#!/usr/bin/env bash
# Prepares a machine for `make stack-test`: an engine where none answers, and stand-ins for base images that can't be
# pulled. Says what is missing and ends with 1 where containers can't be built and run.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
silo=${SILO_IMAGE:-pgsty/silo:RELEASE.2026-09-03T13-18-01Z}
images=(python:3.13.14-slim postgres:17.10 caddy:2.11.4 "$silo")
# what base-images.sh calls its stand-ins, of the patch releases that Debian has
stand_ins=(python:3.13-slim postgres:17 caddy:2 "$silo")
names=(python postgres caddy silo)

give_up() {
  echo "prepare: $1: the container stack can NOT be tried here" >&2
  exit 1
}

if ! docker version >/dev/null 2>&1 || ! docker compose version >/dev/null 2>&1; then
  [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null || give_up "no container engine answers, and only root can install one"
  timeout 300 "$here/engine.sh" || give_up "no container engine can be started"
fi
for i in "${!images[@]}"; do
  docker image inspect "${images[i]}" >/dev/null 2>&1 && continue
  timeout 120 docker pull -q "${images[i]}" 2>/dev/null && continue
  echo "prepare: ${images[i]} can't be pulled: a stand-in of Debian's own release gets this name, NOT this release" >&2
  timeout 600 "$here/base-images.sh" "${names[i]}" >/dev/null && docker tag "${stand_ins[i]}" "${images[i]}" ||
    give_up "there is no ${images[i]}"
done
timeout 60 docker run --rm "${images[0]}" true || give_up "the engine runs no container"
timeout 120 docker run --rm --network host "${images[0]}" pip download --quiet --no-deps --dest /tmp hatchling >/dev/null 2>&1 ||
  give_up "containers reach no package index"
