"""What is written down of an act on held rows: findings, states, who wrote what and why, the audit."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import polars as pl
from psycopg.types.json import Json

from flows.adapters import audit, marts
from flows.adapters.warehouse import Connection
from flows.core.dataset import Dataset
from flows.services.held_rows import Act, Action, HeldRow, Result

_CLOSED = {
    Act.RELEASED: "RELEASED",
    Act.UPDATED: "RELEASED",
    Act.WAIVED: "WAIVED",
    Act.ALREADY_LOADED: "DISCARDED",
    Act.STILL_OPEN: "OPEN",
}


def write_findings(
    connection: Connection, dataset: Dataset, run_id: UUID, rows: Mapping[int, HeldRow], findings: pl.DataFrame
) -> None:
    """Write what is wrong with rows of one run, as findings of the attempt that this act is."""
    attempts = pl.DataFrame(
        [(line, row.found["attempts"] + 1) for line, row in rows.items()],
        schema={"line": pl.Int64, "attempt": pl.Int64},
        orient="row",
    )
    frame = (
        findings.join(attempts, on="line", how="inner", maintain_order="left")
        .rename({"column": "column_name"})
        .with_columns(run_id=pl.lit(str(run_id)), rule_fingerprint=pl.lit(dataset.rule_fingerprint))
    )
    marts.copy_frame(connection, "platform", "finding", frame)


def write_states(action: Action, rows: Sequence[HeldRow]) -> None:
    """Write what became of rows that could be judged, and what people wrote over them."""
    with action.connection.cursor() as cursor:
        cursor.executemany(
            """
            update platform.exception set
                state = %(state)s,
                attempts = attempts + case when %(state)s = 'OPEN' then 1 else 0 end,
                stage = case when %(state)s = 'OPEN' then 'correction' else stage end,
                category = %(category)s,
                typed = coalesce(%(typed)s::jsonb, typed),
                corrected = %(corrected)s,
                corrected_by = %(by)s,
                corrected_attempt = attempts,
                extra = coalesce(%(extra)s::json, extra),
                closed_at = case when %(state)s = 'OPEN' then null else clock_timestamp() end,
                closed_by = %(closed_by)s,
                reason = %(reason)s,
                standing_run_id = coalesce(%(standing_run)s, standing_run_id),
                standing_line = coalesce(%(standing_line)s, standing_line)
            where exception_id = %(exception_id)s
            """,
            [_state_of(action, row) for row in rows if row.cells],
        )


def _state_of(action: Action, row: HeldRow) -> dict[str, Any]:
    state = "SUPERSEDED" if row.is_superseded else _CLOSED[row.act]
    told = {
        Act.STILL_OPEN: None,
        Act.ALREADY_LOADED: row.messages[0] if row.messages else None,
    }
    return {
        "exception_id": row.fix.exception_id,
        "state": state,
        "category": row.category,
        "typed": row.typed,
        "corrected": Json(row.written),
        "by": action.account,
        "extra": row.fix.extra,
        "closed_by": {Act.STILL_OPEN: None, Act.ALREADY_LOADED: audit.SYSTEM}.get(row.act, action.account),
        "reason": told.get(row.act, action.reason or None),
        "standing_run": row.standing[0] if row.standing else None,
        "standing_line": row.standing[1] if row.standing else None,
    }


def close_conflicts(connection: Connection, rows: Sequence[HeldRow], account: str) -> None:
    """Settle the corrections that could not follow to rows that a person has now decided on."""
    connection.execute(
        """
        update platform.correction_conflict as c set closed_at = now(), closed_by = %s
        from unnest(%s::uuid[], %s::bigint[]) as r (run_id, line)
        where c.run_id = r.run_id and c.line = r.line and c.closed_at is null
        """,
        (account, [row.found["run_id"] for row in rows], [row.line for row in rows]),
    )


def remember(connection: Connection, dataset: Dataset, row: HeldRow, account: str) -> None:
    """Write cells over a row without trying them: an attempt with the findings of the one before."""
    connection.execute(
        """
        update platform.exception
        set corrected = %s, corrected_by = %s, attempts = attempts + 1, corrected_attempt = attempts + 1,
            extra = coalesce(%s::json, extra)
        where exception_id = %s and dataset = %s
        """,
        (Json(row.written), account, row.fix.extra, row.fix.exception_id, dataset.name),
    )
    connection.execute(
        """
        insert into platform.finding
            (run_id, line, rule, category, severity, column_name, value, message, rule_fingerprint, attempt)
        select run_id, line, rule, category, severity, column_name, value, message, rule_fingerprint, attempt + 1
        from platform.finding where run_id = %s and line = %s and attempt = %s
        """,
        (row.found["run_id"], row.line, row.found["attempts"]),
    )


def keep(
    connection: Connection, rows: Iterable[HeldRow], account: str, reason: str, carried_from: Mapping[int, int]
) -> None:
    """Write into the history of each row who did what to it, and why.

    Args:
        carried_from: The exception of an earlier version whose repair is repeated, by exception.
    """
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            insert into platform.exception_correction
                (exception_id, attempt, cells, outcome, made_by, reason, carried_from)
            values (%s, %s, %s, %s, %s, %s, %s)
            """,
            [
                (
                    row.fix.exception_id,
                    row.found["attempts"],
                    Json(dict(row.fix.cells)),
                    row.act,
                    account,
                    reason,
                    carried_from.get(row.fix.exception_id),
                )
                for row in rows
            ],
        )


def tell(connection: Connection, event: str, account: str, results: Sequence[Result], reason: str) -> None:
    """Write one audit event for each file of an act, so that each run's trail is whole."""
    by_run = connection.execute(
        """
        select run_id, file_id, array_agg(exception_id order by exception_id) as ids
        from platform.exception where exception_id = any(%s) group by run_id, file_id order by file_id
        """,
        ([result.exception_id for result in results],),
    ).fetchall()
    acts = {result.exception_id: result.act for result in results}
    for row in by_run:
        audit.record(
            connection,
            event,
            actor=account,
            run_id=row["run_id"],
            file_id=row["file_id"],
            counts=dict(Counter(str(acts[one]).lower() for one in row["ids"])),
            exceptions=row["ids"],
            reason=reason,
        )
