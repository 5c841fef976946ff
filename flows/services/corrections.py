"""Corrections of loaded cells: judged by the rules, applied with everything derived, kept for ever, taken back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import polars as pl

from flows.adapters import audit, marts, stored
from flows.adapters.warehouse import Connection, Warehouse
from flows.core.dataset import Dataset
from flows.core.errors import BrokenRulesError, ConflictError, MistakeError
from flows.core.written import as_text, texts_of
from flows.services.accounts import Role, SignedIn, authorized
from flows.services.correction_records import base_value, keep_correction
from flows.services.loaded_rows import context_of, find_row, judged_again, key_of
from sql import PLATFORM, query


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One cell that a person writes.

    Attributes:
        row: Key of the row, or `RUN:LINE`.
        column: CSV column, or the mart's name for it.
        text: What the person wrote; blank makes the cell missing.
        seen: Value that the person saw before; a cell that has another one by now is a conflict.
    """

    row: str
    column: str
    text: str
    seen: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """A cell after its correction."""

    correction_id: int
    run_id: UUID
    line: int
    column: str
    old_value: str | None
    new_value: str | None
    warnings: tuple[str, ...]


def correct(
    warehouse: Warehouse, actor: SignedIn, dataset: Dataset, edits: Sequence[Edit], *, reason: str = ""
) -> list[Corrected]:
    """Write cells of loaded rows, all or none: the rows, their derived values, the aggregates and the history.

    A cell that has the wanted value already is left alone.

    Raises:
        RefusedError: The actor is no editor.
        MistakeError: There is no such row or column, or the row is no longer in force.
        ConflictError: Someone changed a cell since the person saw it.
        BrokenRulesError: A row would break a rule.
    """
    with authorized(warehouse, actor, Role.EDITOR, "correct loaded rows") as connection:
        return [
            done
            for row in dict.fromkeys(edit.row for edit in edits)
            for done in _correct_row(
                connection, actor.account, dataset, row, [edit for edit in edits if edit.row == row], reason
            )
        ]


def undo(warehouse: Warehouse, actor: SignedIn, dataset: Dataset, correction_id: int, *, reason: str = "") -> Corrected:
    """Take a correction back by one more correction; one that could not follow to a new version is just settled.

    Raises:
        RefusedError: The actor is no editor.
        MistakeError: There is no such correction, or it was taken back before.
        ConflictError: The cell was changed again since.
        BrokenRulesError: The old value breaks a rule by now.
    """
    with authorized(warehouse, actor, Role.EDITOR, "take corrections back") as connection:
        made = connection.execute(
            "select * from platform.correction where correction_id = %s and dataset = %s", (correction_id, dataset.name)
        ).fetchone()
        if made is None:
            raise MistakeError(f"there is no correction {correction_id} of {dataset.name}; see `quayside history`")
        if connection.execute("select 1 from platform.correction where undoes = %s", (correction_id,)).fetchone():
            raise MistakeError(f"correction {correction_id} was taken back before")
        conflicts = connection.execute(
            """
            update platform.correction_conflict set closed_at = now(), closed_by = %s
            where correction_id = %s and closed_at is null returning conflict_id
            """,
            (actor.account, correction_id),
        ).fetchall()
        edit = Edit(
            row=_name_of(connection, dataset, made),
            column=made["column_name"],
            text=made["old_value"] or "",
            seen=made["new_value"],
        )
        done = _correct_row(
            connection,
            actor.account,
            dataset,
            edit.row,
            [edit],
            reason,
            undoes=correction_id,
            is_settled=bool(conflicts),
        )
        if not done:
            raise MistakeError(f"{made['column_name']} has the value {made['old_value']!r} already")
        return done[0]


def settle_conflict(warehouse: Warehouse, actor: SignedIn, conflict_id: int, *, reason: str = "") -> dict[str, Any]:
    """Leave a row of a new version as it is, although a correction could not follow to it; return which cell.

    Raises:
        RefusedError: The actor is no editor.
        MistakeError: There is no such open conflict.
    """
    with authorized(warehouse, actor, Role.EDITOR, "settle conflicts") as connection:
        settled = connection.execute(
            """
            update platform.correction_conflict set closed_at = now(), closed_by = %s
            where conflict_id = %s and closed_at is null returning run_id, line, column_name
            """,
            (actor.account, conflict_id),
        ).fetchone()
        if settled is None:
            raise MistakeError(f"there is no open conflict {conflict_id}; see `quayside history DATASET --conflicts`")
        audit.record(
            connection,
            "correction_conflict_settled",
            actor=actor.account,
            run_id=settled["run_id"],
            conflict=conflict_id,
            line=settled["line"],
            column=settled["column_name"],
            reason=reason,
        )
        return settled


def history(warehouse: Warehouse, dataset: Dataset, row: str) -> list[dict[str, Any]]:
    """Return the corrections of a row, oldest first.

    Raises:
        MistakeError: There is no such row.
    """
    with warehouse.transaction() as connection:
        known = connection.execute(
            """
            select run_id::text as run_id, line from platform.correction
            where dataset = %s and row_key = %s order by correction_id desc limit 1
            """,
            (dataset.name, row),
        ).fetchone()
        found = known or find_row(connection, dataset, row).row(0, named=True)
        key = row if known else key_of(dataset, found)
        return connection.execute(
            """
            select correction_id, made_at, made_by, kind, column_name, old_value, new_value, told, reason, warnings,
                undoes, carried_from, run_id, line
            from platform.correction
            where dataset = %(dataset)s and ((run_id = %(run_id)s and line = %(line)s) or row_key = %(key)s)
            order by correction_id
            """,
            {"dataset": dataset.name, "run_id": found["run_id"], "line": found["line"], "key": key},
        ).fetchall()


def newest(warehouse: Warehouse, dataset: Dataset, limit: int) -> list[dict[str, Any]]:
    """Return the newest corrections of a dataset."""
    return warehouse.rows(
        """
        select correction_id, made_at, made_by, kind, row_key, column_name, old_value, new_value, reason, undoes
        from platform.correction where dataset = %(dataset)s order by correction_id desc limit %(limit)s
        """,
        dataset=dataset.name,
        limit=limit,
    )


def conflicts(warehouse: Warehouse, dataset: str = "") -> list[dict[str, Any]]:
    """Return the corrections that could not follow to a new version and that nobody has settled yet."""
    return warehouse.rows(query(PLATFORM, "conflicts_open"), dataset=dataset)


def value_of(warehouse: Warehouse, dataset: Dataset, row: str, column: str) -> str | None:
    """Return the value of a cell as a text, null where it is missing.

    Raises:
        MistakeError: There is no such row or column.
    """
    name = dataset.column(column).mart_name
    with warehouse.transaction() as connection:
        return as_text(find_row(connection, dataset, row)[name][0])


def judged_edits(
    connection: Connection, dataset: Dataset, row: str, edits: Sequence[Edit], *, is_settled: bool = False
) -> tuple[pl.DataFrame, pl.DataFrame, tuple[str, ...]]:
    """Return a row as it stands, as edits of its cells would make it, and the warnings about it; it is locked.

    Args:
        is_settled: Whether the edits take back what could not follow to a newer version; only then an old row changes.

    Raises:
        MistakeError: There is no such row or column, or the row is no longer in force.
        ConflictError: Someone changed a cell since the person saw it.
        BrokenRulesError: The row would break a rule.
    """
    columns = [dataset.column(edit.column) for edit in edits]
    if any(column.mart_name in dataset.key for column in columns):
        marts.lock_dataset(connection, dataset)  # before the row, as those who publish do
    old = find_row(connection, dataset, row)
    before = old.row(0, named=True)
    run_id = UUID(before["run_id"])
    if stored.is_replaced(connection, run_id) and not is_settled:
        raise MistakeError(f"{row} belongs to a version of its file that a newer one replaced; correct the newer row")
    context = context_of(connection, dataset, run_id)
    wanted = {column.name: edit.text for column, edit in zip(columns, edits, strict=True)}
    for column, edit in zip(columns, edits, strict=True):
        _refuse_stale(connection, before, column.name, edit, as_text(before[column.mart_name]))
    new, warnings = judged_again(dataset, context, before, {**texts_of(before, dataset), **wanted})
    _refuse_taken_key(connection, dataset, before, new)
    return old, new, warnings


def _correct_row(
    connection: Connection,
    account: str,
    dataset: Dataset,
    row: str,
    edits: Sequence[Edit],
    reason: str,
    undoes: int | None = None,
    is_settled: bool = False,
) -> list[Corrected]:
    """Write the cells of one row.

    Args:
        is_settled: Whether it takes back what could not follow to a newer version; only then an old row changes.
    """
    columns = [dataset.column(edit.column) for edit in edits]
    old, new, warnings = judged_edits(connection, dataset, row, edits, is_settled=is_settled)
    before, after = old.row(0, named=True), new.row(0, named=True)
    _close_conflicts(connection, account, before, [column.name for column in columns])
    if not stored.change_rows(connection, dataset, old, new):
        return []
    marts.settle(connection, dataset, UUID(before["run_id"]))
    return [
        _keep(
            connection,
            account,
            dataset,
            before,
            column=column.name,
            old_value=as_text(before[column.mart_name]),
            new_value=as_text(after[column.mart_name]),
            told=edit.text,
            kind="UNDO" if undoes else "CORRECTION",
            reason=reason,
            undoes=undoes,
            warnings=warnings,
        )
        for column, edit in zip(columns, edits, strict=True)
        if before[column.mart_name] != after[column.mart_name]
    ]


def _close_conflicts(connection: Connection, account: str, row: Mapping[str, Any], columns: list[str]) -> None:
    """Settle the corrections that could not follow to cells that a person has now written."""
    connection.execute(
        """
        update platform.correction_conflict set closed_at = now(), closed_by = %s
        where run_id = %s and line = %s and column_name = any(%s) and closed_at is null
        """,
        (account, row["run_id"], row["line"], columns),
    )


def _refuse_stale(connection: Connection, row: Mapping[str, Any], column: str, edit: Edit, current: str | None) -> None:
    if (edit.seen or "") == (current or ""):
        return
    last = connection.execute(
        """
        select made_by, made_at from platform.correction
        where run_id = %s and line = %s and column_name = %s order by correction_id desc limit 1
        """,
        (row["run_id"], row["line"], column),
    ).fetchone()
    raise ConflictError(
        column=column,
        seen=edit.seen,
        current=current,
        wanted=edit.text,
        by=last["made_by"] if last else audit.SYSTEM,
        at=last["made_at"] if last else None,
    )


def _refuse_taken_key(connection: Connection, dataset: Dataset, before: Mapping[str, Any], new: pl.DataFrame) -> None:
    if not dataset.key or all(new[name][0] == before[name] for name in dataset.key):
        return
    standing = marts.standing_rows(connection, dataset, new)
    if standing.height:
        other = standing.row(0, named=True)
        raise BrokenRulesError((f"line {other['line']} of run {other['run_id']} stands under this key",))


def _keep(
    connection: Connection,
    account: str,
    dataset: Dataset,
    row: Mapping[str, Any],
    *,
    column: str,
    old_value: str | None,
    new_value: str | None,
    told: str,
    kind: str,
    reason: str,
    undoes: int | None,
    warnings: tuple[str, ...],
) -> Corrected:
    correction_id = keep_correction(
        connection,
        dataset,
        row,
        column=column,
        base_value=base_value(connection, row, column, old_value),
        old_value=old_value,
        new_value=new_value,
        told=told,
        kind=kind,
        made_by=account,
        reason=reason,
        undoes=undoes,
        warnings=warnings,
    )
    return Corrected(
        correction_id=correction_id,
        run_id=UUID(str(row["run_id"])),
        line=row["line"],
        column=column,
        old_value=old_value,
        new_value=new_value,
        warnings=warnings,
    )


def _name_of(connection: Connection, dataset: Dataset, made: Mapping[str, Any]) -> str:
    """Return how the row of a correction is found today: by its key, unless that was changed."""
    if dataset.key:
        row = stored.row_by_key(connection, dataset, made["row_key"].split("\x1f"))
        if row.height and (row["run_id"][0], row["line"][0]) == (str(made["run_id"]), made["line"]):
            return str(made["row_key"])
    return f"{made['run_id']}:{made['line']}"
