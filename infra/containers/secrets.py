"""Writes `.env` from `.env.example` with random secrets, readable by its owner alone; what has a value keeps it."""

import os
import secrets
import sys
from base64 import urlsafe_b64encode
from pathlib import Path


def filled(text: str) -> str:
    """Return settings in which every empty secret has a random value."""
    return "".join(_filled_line(line) for line in text.splitlines(keepends=True))


def _filled_line(line: str) -> str:
    name, separator, value = line.rstrip("\n").partition("=")
    if not separator or value or line.startswith("#"):
        return line
    if name.endswith("ENCRYPTION_KEY"):
        return f"{name}={urlsafe_b64encode(secrets.token_bytes(32)).decode()}\n"
    return f"{name}={secrets.token_hex(20)}\n" if name.endswith(("_PASSWORD", "_SECRET")) else line


if __name__ == "__main__":
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    target = folder / ".env"
    source = target if target.exists() else folder / ".env.example"
    text = filled(source.read_text())
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as written:
        written.write(text)
    print(f"{target.resolve()} has every secret; the first account is admin with QUAYSIDE_ADMIN_PASSWORD")
