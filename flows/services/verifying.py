"""The audit trail checked because a person asks, with the result kept in the trail itself."""

from typing import Any

from flows.adapters import audit
from flows.adapters.object_store import ObjectStore
from flows.adapters.warehouse import Warehouse
from flows.services import proving
from flows.services.accounts import Role, SignedIn, authorized
from flows.services.proving import Proof

EVENT = "audit_verified"
_KEPT = 20
"""Problems whose sentences are kept; all are counted."""


def verify(warehouse: Warehouse, store: ObjectStore, actor: SignedIn) -> Proof:
    """Check every event, link and published head, and tell the trail what was found.

    Raises:
        RefusedError: Nobody is signed in.
    """
    with authorized(warehouse, actor, Role.VIEWER, "verify the audit trail"):
        pass
    proof = proving.verify_audit(warehouse, store)
    with warehouse.transaction() as connection:
        audit.record(
            connection,
            EVENT,
            actor=actor.account,
            counts={
                "events": proof.events,
                "chained": proof.chained,
                "heads": proof.heads,
                "problems": len(proof.problems),
            },
            problems=list(proof.problems[:_KEPT]),
        )
    return proof


def last_verification(warehouse: Warehouse) -> dict[str, Any] | None:
    """Return the event of the last check; None where nobody asked for one yet."""
    rows = warehouse.rows(
        """
        select occurred_at, actor, counts, details from platform.audit_event
        where event = %(event)s order by occurred_at desc, event_id desc limit 1
        """,
        event=EVENT,
    )
    return rows[0] if rows else None
