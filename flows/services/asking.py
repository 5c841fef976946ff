"""A person asks the pickup to look into the bucket at once, and is told what it found."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg import sql

from flows.adapters import audit, ledger
from flows.adapters.liveness import PICKUP_SILENCE_S
from flows.adapters.warehouse import Warehouse
from flows.core.errors import MistakeError
from flows.services.accounts import Role, SignedIn, authorized


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What the pickup found when it was asked."""

    looked_at: datetime
    run_id: UUID
    new_files: int


def watching(warehouse: Warehouse) -> int:
    """Return how many pickups watch the bucket."""
    rows = warehouse.rows(
        """
        select count(*) as pickups from platform.watcher
        where flow = 'pickup' and seen_at > now() - make_interval(secs => %(silence_s)s)
        """,
        silence_s=PICKUP_SILENCE_S,
    )
    return int(rows[0]["pickups"])


def ask(warehouse: Warehouse, actor: SignedIn) -> int:
    """Wake the pickup and return the number under which `answered` tells what it found.

    Raises:
        RefusedError: The actor is no editor.
        MistakeError: No pickup watches the bucket.
    """
    with authorized(warehouse, actor, Role.EDITOR, "start a pickup") as connection:
        if not watching(warehouse):
            raise MistakeError(
                "no pickup watches the bucket: start a worker (`quayside worker`), or the deployment `pickup` in the "
                "Prefect UI"
            )
        number = audit.record(connection, "pickup_asked", actor=actor.account)
        connection.execute(sql.SQL("notify {}, {}").format(sql.Identifier(ledger.CHANNEL), sql.Literal(str(number))))
    return number


def answer(warehouse: Warehouse, run_id: UUID, asked: Sequence[str], new_files: int) -> None:
    """Tell those who asked what a look into the bucket found."""
    numbers = [int(one) for one in asked if one.isascii() and one.isdigit()]
    if numbers:
        with warehouse.transaction() as connection:
            audit.record(connection, "pickup_looked", counts={"new_files": new_files}, by=str(run_id), asked=numbers)


def answered(warehouse: Warehouse, number: int) -> Look | None:
    """Return what the pickup found for a person who asked; None where it has not looked yet."""
    rows = warehouse.rows(
        """
        select occurred_at, details ->> 'by' as run_id, (counts ->> 'new_files')::integer as new_files
        from platform.audit_event
        where event_id > %(number)s and event = 'pickup_looked' and details -> 'asked' @> to_jsonb(%(number)s::bigint)
        order by event_id limit 1
        """,
        number=number,
    )
    if not rows:
        return None
    (row,) = rows
    return Look(looked_at=row["occurred_at"], run_id=UUID(row["run_id"]), new_files=row["new_files"])
