"""Runs that wait for a person: why they wait, and the decision to let them go on or to reject them."""

from typing import Any
from uuid import UUID

from flows.adapters import audit, ledger
from flows.adapters.warehouse import Warehouse
from flows.core.errors import MistakeError
from flows.services.accounts import Role, SignedIn, authorized

_SAMPLE = 5
"""Findings of each rule that a person sees at once."""


def waiting(warehouse: Warehouse) -> list[dict[str, Any]]:
    """Return the runs that wait, oldest first."""
    return warehouse.rows(
        """
        select r.run_id, f.dataset, f.base_name, f.batch, r.rows_read, r.reason, r.ended_at as waits_since
        from platform.run as r inner join platform.file as f on f.run_id = r.run_id
        where f.state = 'AWAITING_REVIEW' and f.replaced_by_run is null
        order by r.ended_at
        """
    )


def why(warehouse: Warehouse, run_id: UUID) -> dict[str, list[dict[str, Any]]]:
    """Return why a run waits: its file, the rules that its rows break, and some findings of each."""
    return {
        "run": warehouse.rows(
            """
            select r.run_id, f.dataset, f.base_name, f.batch, f.landed_by, r.state, r.rows_read, r.reason, r.warnings
            from platform.run as r inner join platform.file as f on f.file_id = r.file_id where r.run_id = %(run_id)s
            """,
            run_id=run_id,
        ),
        "rules": warehouse.rows(
            """
            select rule, category, severity, failed, tested, not_evaluated from platform.run_rule
            where run_id = %(run_id)s and failed > 0 order by failed desc, rule
            """,
            run_id=run_id,
        ),
        "sample": warehouse.rows(
            """
            select rule, line, value, message
            from (
                select *, row_number() over (partition by rule order by line) as number
                from platform.finding where run_id = %(run_id)s
            ) as numbered
            where number <= %(sample)s order by rule, line
            """,
            run_id=run_id,
            sample=_SAMPLE,
        ),
    }


def let_go_on(warehouse: Warehouse, actor: SignedIn, run_id: UUID, *, reason: str) -> None:
    """Let a run go on: a new run reads the file again from the archive and publishes it.

    Raises:
        RefusedError: The actor is no steward.
        MistakeError: The run does not wait, or there is no reason.
    """
    _decide(warehouse, actor, run_id, "GO_ON", reason)


def reject(warehouse: Warehouse, actor: SignedIn, run_id: UUID, *, reason: str) -> None:
    """Reject a run that waits.

    Raises:
        RefusedError: The actor is no steward.
        MistakeError: The run does not wait, or there is no reason.
    """
    _decide(warehouse, actor, run_id, "REJECT", reason)


def _decide(warehouse: Warehouse, actor: SignedIn, run_id: UUID, decision: str, reason: str) -> None:
    if not reason.strip():
        raise MistakeError("say why, in a few words")
    with authorized(warehouse, actor, Role.STEWARD, "decide on runs that wait") as connection:
        goes_on = decision == "GO_ON"
        told = f"{'let go on' if goes_on else 'rejected'} by {actor.account}: {reason}"
        file = connection.execute(
            """
            update platform.file
            set state = %s, reason = %s, let_go_on_by = %s, attempts = 0
            where run_id = %s and state = 'AWAITING_REVIEW' and replaced_by_run is null returning file_id
            """,
            (
                "LANDED" if goes_on else "REJECTED",
                None if goes_on else told,
                actor.account if goes_on else None,
                run_id,
            ),
        ).fetchone()
        if file is None:
            raise MistakeError(f"run {run_id} does not wait for a review; `quayside review` lists those that do")
        connection.execute(
            "update platform.run set state = 'REJECTED', reason = %s where run_id = %s",
            (f"{told}; the file is read again by a new run" if goes_on else told, run_id),
        )
        connection.execute(
            "insert into platform.review_decision (run_id, decision, made_by, reason) values (%s, %s, %s, %s)",
            (run_id, decision, actor.account, reason),
        )
        audit.record(
            connection,
            "review_decision",
            actor=actor.account,
            run_id=run_id,
            file_id=file["file_id"],
            decision=decision,
            reason=reason,
        )
        connection.execute(f"notify {ledger.CHANNEL}".encode())
