"""Whether the parts that the product needs answer, as data for `/readyz` and for people."""

from dataclasses import dataclass

import psycopg.errors
import sqlalchemy.exc
import urllib3
from minio.error import MinioException

from flows.adapters.ledger import UNREACHABLE
from flows.adapters.object_store import ObjectStore
from flows.adapters.warehouse import Warehouse
from sql import migrations


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What a check found; each sentence is empty where the part is well."""

    database: str
    object_store: str

    @property
    def is_ready(self) -> bool:
        return not self.database and not self.object_store

    def told(self) -> dict[str, str]:
        """Return it as JSON tells it: `status` is ready or unready, every part is ok or a sentence."""
        return {
            "status": "ready" if self.is_ready else "unready",
            "database": self.database or "ok",
            "object_store": self.object_store or "ok",
        }


def health(warehouse: Warehouse, store: ObjectStore) -> Health:
    """Ask the database and the object store; no sentence holds an address or a credential."""
    return Health(database=_of_database(warehouse), object_store=_of_object_store(store))


def _of_database(warehouse: Warehouse) -> str:
    try:
        applied = warehouse.rows("select owner, name from platform.migration")
    except UNREACHABLE:
        return "the database does not answer"
    except (sqlalchemy.exc.TimeoutError, psycopg.errors.UndefinedTable, psycopg.errors.InsufficientPrivilege):
        return "the database can't be read: run the setup, or wait for a free connection"
    known = {(row["owner"], row["name"]) for row in applied}
    missing = [one for one in migrations() if (one.owner, one.name) not in known]
    return f"{len(missing)} migrations are missing: run `quayside migrate`" if missing else ""


def _of_object_store(store: ObjectStore) -> str:
    try:
        store.check()
    except (urllib3.exceptions.HTTPError, MinioException):
        return "the object store does not answer"
    return ""
