#!/usr/bin/env bash
# Builds local stand-ins for the public base images that the stack names, from Debian's packages, under the
# same names, for machines that reach no container registry. Users pull the real images. Idempotent: an image
# that exists is kept.
#
#   base-images.sh [python|postgres|caddy|silo]...      (all where none is named)
#
# python    python:3.13-slim       Debian trixie with Python 3.13, pip and venv
# postgres  postgres:17            Debian trixie's PostgreSQL 17 behind the usual POSTGRES_* variables
# caddy     caddy:2                Debian trixie's Caddy, for the reverse proxy
# silo      $SILO_IMAGE            an S3 server of the MinIO line, compiled with `go install` (needs go)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
state=${CONTAINERS_STATE:-/var/lib/local-engine}
SILO_IMAGE=${SILO_IMAGE:-pgsty/silo:RELEASE.2026-09-03T13-18-01Z}
# A module proxy knows no tag of this project, whose releases are not numbered as modules are: the newest commit it is.
MINIO_MODULE=${MINIO_MODULE:-github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c}
mirror=$( (cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null || true) |
    awk '/^URIs: /{print $2} /^deb /{for (i=2;i<=NF;i++) if ($i ~ /^http/) {print $i; break}}' | awk 'NR==1')

have() { docker image inspect "$1" >/dev/null 2>&1; }

trixie() { # trixie NAME PACKAGES: a small Debian root folder under $state
  local root=$state/roots/$1
  if [[ ! -e $root.done ]]; then
    rm -rf "$root"; mkdir -p "$state/roots"
    debootstrap --variant=minbase --include="$2" trixie "$root" "$mirror" >"$state/roots/$1.log"
    # so that pip inside a build trusts what this machine trusts
    cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
    rm -rf "$root"/var/cache/apt/archives/*.deb
    touch "$root.done"
  fi
  echo "$root"
}

python_image() {
  have python:3.13-slim && return
  local root; root=$(trixie python ca-certificates,python3,python3-venv,python3-pip)
  ln -sf /usr/bin/python3 "$root/usr/local/bin/python"
  ln -sf /usr/bin/pip3 "$root/usr/local/bin/pip"
  rm -f "$root"/usr/lib/python3*/EXTERNALLY-MANAGED
  tar -C "$root" -c . | docker import --change 'CMD ["python3"]' --change 'ENV PIP_CERT=/etc/ssl/certs/ca-certificates.crt' \
    --change 'ENV SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt' --change 'ENV LANG=C.UTF-8' - python:3.13-slim
}

postgres_image() {
  have postgres:17 && return
  local root; root=$(trixie postgres ca-certificates,postgresql-17)
  cp "$here/postgres-entrypoint.sh" "$root/usr/local/bin/docker-entrypoint.sh"
  chmod +x "$root/usr/local/bin/docker-entrypoint.sh"
  # as in the public image, so that a new volume belongs to the user `postgres`
  install -d -m 1777 "$root/var/lib/postgresql/data"
  chown --reference="$root/var/lib/postgresql" "$root/var/lib/postgresql/data"
  tar -C "$root" -c . | docker import \
    --change 'ENV PATH=/usr/lib/postgresql/17/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' \
    --change 'ENV PGDATA=/var/lib/postgresql/data' --change 'VOLUME ["/var/lib/postgresql/data"]' \
    --change 'EXPOSE 5432' \
    --change 'ENTRYPOINT ["docker-entrypoint.sh"]' --change 'CMD ["postgres"]' - postgres:17
}

caddy_image() {
  have caddy:2 && return
  local root; root=$(trixie caddy ca-certificates,caddy)
  mkdir -p "$root/config" "$root/data"
  tar -C "$root" -c . | docker import --change 'ENV XDG_CONFIG_HOME=/config' --change 'ENV XDG_DATA_HOME=/data' \
    --change 'EXPOSE 80 443' --change 'WORKDIR /srv' \
    --change 'CMD ["caddy","run","--config","/etc/caddy/Caddyfile","--adapter","caddyfile"]' - caddy:2
}

silo_image() {
  have "$SILO_IMAGE" && return
  command -v go >/dev/null || { echo "base-images: silo needs go, which this machine lacks" >&2; return 1; }
  local build=$state/silo; mkdir -p "$build"
  [[ -x $build/minio ]] || GOBIN=$build CGO_ENABLED=0 go install "$MINIO_MODULE"
  cp "$build/minio" "$build/silo"
  printf 'FROM python:3.13-slim\nCOPY silo /usr/bin/silo\nRUN ln -s silo /usr/bin/minio\nEXPOSE 9000 9001\nVOLUME ["/data"]\nENTRYPOINT ["/usr/bin/silo"]\nCMD ["server","/data"]\n' >"$build/Dockerfile"
  python_image
  docker build -q -t "$SILO_IMAGE" "$build"
}

for image in "${@:-python postgres caddy silo}"; do for one in $image; do "${one}_image"; done; done
docker images --format '{{.Repository}}:{{.Tag}} {{.Size}}'
