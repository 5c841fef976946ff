"""The SQL of the platform and of each dataset: `<owner>/migrations` in order, `grants.sql`, `queries` by name."""

from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

_HERE = Path(__file__).parent
PLATFORM = "platform"


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """One step of a schema; applied once, in order of its name, and never changed afterwards."""

    owner: str
    name: str
    statements: str

    @property
    def checksum(self) -> str:
        return sha256(self.statements.encode()).hexdigest()


def owners() -> tuple[str, ...]:
    """Return the owners of SQL, the platform first."""
    found = sorted(path.parent.name for path in _HERE.glob("*/migrations"))
    return (PLATFORM, *(owner for owner in found if owner != PLATFORM))


def migrations() -> tuple[Migration, ...]:
    """Return every migration in the order of application."""
    return tuple(
        Migration(owner=owner, name=path.stem, statements=path.read_text())
        for owner in owners()
        for path in sorted((_HERE / owner / "migrations").glob("*.sql"))
    )


def grants() -> tuple[str, ...]:
    """Return who may do what, the platform first; an owner without a text of its own has nothing finer to say."""
    return tuple(path.read_text() for path in (_HERE / owner / "grants.sql" for owner in owners()) if path.exists())


@cache
def query(owner: str, name: str) -> str:
    """Return the text of `<owner>/queries/<name>.sql`."""
    return (_HERE / owner / "queries" / f"{name}.sql").read_text()
