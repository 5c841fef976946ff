"""Secrets from files: every Python of the image fills its environment at its start, health checks and `exec` included.

What the file of `QUAYSIDE_<NAME>_FILE` says becomes `QUAYSIDE_<NAME>`; then `${QUAYSIDE_<NAME>}` in another variable,
such as the password within an address, becomes its value.
"""

import re
from collections.abc import MutableMapping
from pathlib import Path

_SUFFIX = "_FILE"
_PLACE = re.compile(r"\$\{(QUAYSIDE_[A-Z0-9_]+)\}")


def fill(environment: MutableMapping[str, str]) -> None:
    """Put the secrets of files into an environment."""
    for name, path in list(environment.items()):
        if name.startswith("QUAYSIDE_") and name.endswith(_SUFFIX):
            environment[name.removesuffix(_SUFFIX)] = Path(path).read_text(encoding="utf-8").strip()
    for name, value in list(environment.items()):
        if _PLACE.search(value):
            environment[name] = _PLACE.sub(lambda found: environment.get(found[1], found[0]), value)
