"""The history of loaded cells: every correction is kept for ever, and told to the audit trail."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flows.adapters import audit
from flows.adapters.warehouse import Connection
from flows.core.dataset import Dataset
from flows.core.written import as_text
from flows.services.loaded_rows import key_of


def keep_correction(
    connection: Connection,
    dataset: Dataset,
    row: Mapping[str, Any],
    *,
    column: str,
    base_value: str | None,
    old_value: str | None,
    new_value: str | None,
    told: str,
    kind: str,
    made_by: str,
    reason: str,
    undoes: int | None = None,
    carried_from: int | None = None,
    warnings: tuple[str, ...] = (),
) -> int:
    """Write one correction to the history and the audit trail; return its number."""
    kept = connection.execute(
        """
        insert into platform.correction (
            dataset, run_id, line, row_key, column_name, base_value, old_value, new_value, told, kind, made_by, reason,
            undoes, carried_from, warnings
        ) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
        returning correction_id
        """,
        (
            dataset.name,
            row["run_id"],
            row["line"],
            key_of(dataset, row),
            column,
            base_value,
            old_value,
            new_value,
            told,
            kind,
            made_by,
            reason,
            undoes,
            carried_from,
            list(warnings),
        ),
    ).fetchone()
    assert kept is not None
    audit.record(
        connection,
        "correction",
        actor=made_by,
        run_id=UUID(str(row["run_id"])),
        correction=kept["correction_id"],
        kind=kind,
        row=key_of(dataset, row),
        line=row["line"],
        column=column,
        old=old_value,
        new=new_value,
        reason=reason,
    )
    return int(kept["correction_id"])


def keep_updates(
    connection: Connection,
    dataset: Dataset,
    pairs: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]],
    made_by: str,
    reason: str,
) -> None:
    """Write to the history what changed where released lines took the places of standing rows.

    Args:
        pairs: Rows before and after; the audit event of the release names them all.
    """
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            insert into platform.correction (
                dataset, run_id, line, row_key, column_name, base_value, old_value, new_value, told, kind, made_by,
                reason
            ) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, 'UPDATE', %s, %s)
            """,
            [
                (
                    dataset.name,
                    after["run_id"],
                    after["line"],
                    key_of(dataset, after),
                    column.name,
                    as_text(after[column.mart_name]),
                    as_text(before[column.mart_name]),
                    as_text(after[column.mart_name]),
                    as_text(after[column.mart_name]) or "",
                    made_by,
                    reason,
                )
                for before, after in pairs
                for column in dataset.columns
                if before[column.mart_name] != after[column.mart_name]
            ],
        )


def base_value(connection: Connection, row: Mapping[str, Any], column: str, current: str | None) -> str | None:
    """Return the value that the line of the file gave: that of the first correction, or the current one."""
    first = connection.execute(
        """
        select base_value from platform.correction where run_id = %s and line = %s and column_name = %s
        order by correction_id limit 1
        """,
        (row["run_id"], row["line"], column),
    ).fetchone()
    return first["base_value"] if first else current
