"""A replay that somebody asked for: who may, and what the audit trail keeps of it."""

import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from flows.adapters import audit
from flows.adapters.object_store import ObjectStore
from flows.adapters.scratch import Scratch
from flows.adapters.warehouse import Connection, Warehouse
from flows.core.dataset import Dataset
from flows.services.accounts import Role, SignedIn, authorized
from flows.services.replaying import REPLAYS, Replay, Replayed, replayable


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A replay that may be done, and is in the audit trail.

    Attributes:
        by: The account that asked, or the system.
        details: What the trail says besides of how it was asked for.
    """

    by: str
    run_id: UUID
    file_id: int
    details: Mapping[str, Any] = field(default_factory=dict)  # Any: whatever JSON can hold


def replay(
    warehouse: Warehouse,
    store: ObjectStore,
    actor: SignedIn,
    datasets: Mapping[str, Dataset],
    run_id: UUID,
    scratch_root: Path,
) -> Replayed:
    """Compute a run again and compare, in the name of a person; nothing is changed.

    Raises:
        RefusedError: The actor is no editor.
        MistakeError: The run published nothing that could be compared.
    """
    return compare(warehouse, store, datasets, ask(warehouse, actor, run_id), scratch_root)


def ask(warehouse: Warehouse, actor: SignedIn, run_id: UUID) -> Asked:
    """Return a replay that a person may have done; `compare` does it.

    Raises:
        RefusedError: The actor is no editor.
        MistakeError: The run published nothing that could be compared.
    """
    with authorized(warehouse, actor, Role.EDITOR, "replay runs") as connection:
        return _asked(connection, run_id, actor.account, {})


def ask_in_prefect(warehouse: Warehouse, run_id: UUID, flow_run_id: UUID) -> Asked:
    """Return a replay that was started in Prefect, which lets in whom it knows and names nobody to a flow.

    Raises:
        MistakeError: The run published nothing that could be compared.
    """
    with warehouse.transaction() as connection:
        return _asked(connection, run_id, audit.SYSTEM, {"asked_in": "Prefect", "flow_run": str(flow_run_id)})


def compare(
    warehouse: Warehouse, store: ObjectStore, datasets: Mapping[str, Dataset], asked: Asked, scratch_root: Path
) -> Replayed:
    """Do a replay that was asked for; what came of it is audited, also where it breaks off."""
    try:
        with warehouse.transaction() as connection:
            connection.execute("set transaction isolation level repeatable read, read only")
            run = replayable(connection, asked.run_id)
            scratch = Scratch.of_run(scratch_root / REPLAYS, uuid4())
            try:
                replayed = Replay(connection, store, datasets[run["dataset"]], run, scratch).compare()
            finally:
                scratch.remove()
    except BaseException as error:
        reason, trace = f"{type(error).__name__}: {error}", traceback.format_exc()
        _tell(warehouse, asked, {}, result="broken off", reason=reason, trace=trace)
        raise
    counts = {"rows_read": replayed.rows_read, "differences": replayed.different}
    _tell(warehouse, asked, counts, result="identical" if replayed.is_identical else "different")
    return replayed


def _asked(connection: Connection, run_id: UUID, by: str, details: Mapping[str, Any]) -> Asked:
    run = replayable(connection, run_id)
    audit.record(connection, "replay_started", actor=by, run_id=run_id, file_id=run["file_id"], **details)
    return Asked(by=by, run_id=run_id, file_id=run["file_id"], details=details)


def _tell(warehouse: Warehouse, asked: Asked, counts: dict[str, int], **came_of_it: str) -> None:
    with warehouse.transaction() as connection:
        audit.record(
            connection,
            "replay_ended",
            actor=asked.by,
            run_id=asked.run_id,
            file_id=asked.file_id,
            counts=counts,
            **asked.details,
            **came_of_it,
        )
