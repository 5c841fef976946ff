"""Audit events: written in the transaction of what they tell, chained shortly after it."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from flows.adapters.object_store import ObjectStore
from flows.adapters.warehouse import Connection, Warehouse

SYSTEM = "system"


def record(
    connection: Connection,
    event: str,
    *,
    actor: str = SYSTEM,
    run_id: UUID | None = None,
    file_id: int | None = None,
    counts: dict[str, int] | None = None,
    **details: Any,  # whatever JSON can hold
) -> int:
    """Write one audit event within the caller's transaction and return its number; details must hold no secret."""
    row = connection.execute(
        """
        insert into platform.audit_event (event, actor, run_id, file_id, counts, details)
        values (%s, %s, %s, %s, %s, %s) returning event_id
        """,
        (event, actor, run_id, file_id, Jsonb(counts or {}), Jsonb(details)),
    ).fetchone()
    assert row is not None
    return int(row["event_id"])


def seal(warehouse: Warehouse) -> tuple[int, str]:
    """Chain every event that is not chained yet; return position and hash of the head."""
    row = warehouse.rows("select sealed_position, sealed_hash from platform.seal_audit()")[0]
    return row["sealed_position"] or 0, row["sealed_hash"]


def publish_head(warehouse: Warehouse, store: ObjectStore) -> int:
    """Seal the chain and put its head into the object store, so that a cut tail is found; return its position."""
    position, head = seal(warehouse)
    told = {"position": position, "hash": head, "published_at": datetime.now(UTC).isoformat()}
    store.publish_head(f"head-{position:012d}-{head[:16]}.json", json.dumps(told).encode())
    return position


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A head of the chain as it was published."""

    position: int
    hash: str
    published_at: str


def published_heads(store: ObjectStore) -> tuple[list[Head], list[str]]:
    """Return every head that was published, oldest first, and the names of those that can't be read."""
    heads, damaged = [], []
    for name, content in sorted(store.heads()):
        try:
            heads.append(Head(**json.loads(content)))
        except (ValueError, TypeError):
            damaged.append(name)
    return heads, damaged
