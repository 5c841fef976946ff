"""Writes `.env` from `.env.example` with random secrets, readable by its owner alone; what has a value keeps it.

python infra/containers/make_secrets.py FOLDER            secrets stand in .env
python infra/containers/make_secrets.py FOLDER --files    each in a file of its own, .env holds none
"""

import os
import secrets
import sys
from base64 import urlsafe_b64encode
from pathlib import Path

FILES = "QUAYSIDE_SECRET_FOLDER"
"""Setting of the folder with one file per secret; empty where the secrets stand in `.env`."""
IN_A_FILE = "in-a-file"
"""Stands in `.env` for a secret that a file holds; no secret itself, the setup refuses it."""
_OPTIONAL = ("QUAYSIDE_ALERT_WEBHOOK_URL", "QUAYSIDE_ALERT_EMAIL", "QUAYSIDE_OIDC_CLIENT_SECRET")
"""Secrets that may stay empty."""
_COMPOSE = "docker-compose.yml:infra/containers/secret-files.yml"


def filled(text: str) -> str:
    """Return settings in which every empty secret that must have a value has a random one."""
    values = settings(text)
    return with_values(text, {name: _random(name) for name in filter(_is_secret, values) if not values[name]})


def in_files(text: str, target: Path) -> str:
    """Move every secret into a file of its own, and return the settings without them.

    The folder is its owner's alone. Its files are readable, since a container works under a user of its own and sees
    only those that are mounted into it.

    Args:
        text: Settings. A secret without a value there keeps the file that it has.
        target: Folder of the files.
    """
    target.mkdir(mode=0o700, exist_ok=True)
    values = settings(text)
    names = [name for name in values if _is_secret(name)]
    for name in names:
        path, value = target / name, values[name].replace(IN_A_FILE, "")
        if value or not path.exists():
            _write(path, value or _random(name), 0o444)
    _write(target / "objects.env", _connection(values, (target / "QUAYSIDE_NOTIFIER_PASSWORD").read_text()), 0o444)
    return with_values(text, dict.fromkeys(names, IN_A_FILE) | {FILES: str(target.resolve()), "COMPOSE_FILE": _COMPOSE})


def settings(text: str) -> dict[str, str]:
    """Return the values of `.env` by name."""
    lines = (line.partition("=") for line in text.splitlines() if not line.startswith("#"))
    return {name: value for name, separator, value in lines if separator}


def _connection(values: dict[str, str], password: str) -> str:
    """Return what the object store tells the database of puts with; as in `docker-compose.yml`."""
    host = values.get("QUAYSIDE_POSTGRES_HOST") or "postgres"
    port = values.get("QUAYSIDE_POSTGRES_PORT") or "5432"
    tls = values.get("QUAYSIDE_POSTGRES_TLS") or "disable"
    return (
        f"MINIO_NOTIFY_POSTGRES_CONNECTION_STRING_PICKUP=host={host} port={port} dbname=quayside "
        f"user=quayside_notifier password={password} search_path=platform sslmode={tls}\n"
    )


def _is_secret(name: str) -> bool:
    return name.endswith(("_PASSWORD", "_SECRET", "_ENCRYPTION_KEY")) or name in _OPTIONAL


def _random(name: str) -> str:
    if name in _OPTIONAL:
        return ""
    if name.endswith("_ENCRYPTION_KEY"):
        return urlsafe_b64encode(secrets.token_bytes(32)).decode()
    return secrets.token_hex(20)


def with_values(text: str, values: dict[str, str]) -> str:
    """Return settings in which some have other values."""

    def line_of(line: str) -> str:
        name, separator, _ = line.partition("=")
        return f"{name}={values[name]}\n" if separator and name in values else line

    return "".join(line_of(line) for line in text.splitlines(keepends=True))


def _write(path: Path, text: str, mode: int) -> None:
    """Write a file that nobody else could read in the meantime."""
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as written:
        written.write(text)
    part.chmod(mode)
    part.replace(path)


def main(folder: Path, *, with_files: bool) -> None:
    """Write `.env`, and the files where they are wanted or were made before."""
    target = folder / ".env"
    text = (target if target.exists() else folder / ".env.example").read_text()
    chosen = settings(text).get(FILES) or (folder / "secrets" if with_files else "")
    _write(target, in_files(text, Path(chosen)) if chosen else filled(text), 0o600)
    place = f"each in a file of {chosen}" if chosen else f"in {target.resolve()}"
    print(f"every secret has a value, {place}; the first account is admin with QUAYSIDE_ADMIN_PASSWORD")


if __name__ == "__main__":
    main(Path(sys.argv[1]), with_files="--files" in sys.argv)
