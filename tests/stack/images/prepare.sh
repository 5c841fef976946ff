#!/usr/bin/env bash
# Prepares a machine for `make stack-test`: an engine where none answers, and stand-ins for base images that can't be
# pulled. Where neither can be had it says so, and the test says that it tried nothing.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
images=(python:3.13-slim postgres:17 caddy:2 "${SILO_IMAGE:-pgsty/silo:RELEASE.2026-09-03T13-18-01Z}")
names=(python postgres caddy silo)

if ! docker version >/dev/null 2>&1 || ! docker compose version >/dev/null 2>&1; then
  if [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null; then
    "$here/engine.sh" || echo "prepare: no container engine can be started here" >&2
  else
    echo "prepare: no container engine answers, and only root can install one" >&2
  fi
fi
docker version >/dev/null 2>&1 || exit 0
for i in "${!images[@]}"; do
  docker image inspect "${images[i]}" >/dev/null 2>&1 && continue
  timeout 120 docker pull -q "${images[i]}" 2>/dev/null && continue
  echo "prepare: ${images[i]} can't be pulled, a stand-in is built" >&2
  "$here/base-images.sh" "${names[i]}" >/dev/null || echo "prepare: no ${images[i]} here" >&2
done
