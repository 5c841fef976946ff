"""Held rows that take the place of those that stand under their keys."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import polars as pl
from psycopg.types.json import Json

from flows.adapters import marts, past, stored
from flows.adapters.warehouse import Connection
from flows.core.dataset import Dataset
from flows.core.written import texts_of
from flows.services.correction_records import keep_updates
from flows.services.held_rows import Act, Action, HeldRow

_SUPERSEDE = """
    insert into platform.exception (
        dataset, run_id, file_id, line, byte_start, byte_length, cells, extra, stage, category, state, closed_at,
        closed_by, reason, standing_run_id, standing_line, was_loaded
    )
    select %(dataset)s, r.run_id, r.file_id, %(line)s, %(byte_start)s, %(byte_length)s, %(cells)s, %(extra)s,
        'correction', 'DATA_QUALITY_ISSUE', 'SUPERSEDED', clock_timestamp(), %(by)s, %(reason)s, %(new_run)s,
        %(new_line)s, true
    from platform.run as r where r.run_id = %(run_id)s
    on conflict (run_id, line) do update set state = 'SUPERSEDED', closed_at = clock_timestamp(),
        closed_by = %(by)s, reason = %(reason)s, standing_run_id = %(new_run)s, standing_line = %(new_line)s
"""


def take_places(
    action: Action, rows: Mapping[int, HeldRow], new: pl.DataFrame, standing: Mapping[int, tuple[str, int]]
) -> None:
    """Load rows in place of those that stand under their keys; the lines of the others become SUPERSEDED."""
    connection, dataset = action.connection, action.dataset
    places = new.select(
        *dataset.key,
        run_id=pl.Series([standing[line][0] for line in new["line"]]),
        line=pl.Series([standing[line][1] for line in new["line"]]),
    )
    old = stored.rows_at(connection, dataset, _with_current_keys(connection, dataset, places))
    originals = {
        (row["run_id"], row["line"]): row for row in marts.originals(connection, dataset, old).iter_rows(named=True)
    }
    before = {(row["run_id"], row["line"]): row for row in old.iter_rows(named=True)}
    stored.delete_rows(connection, dataset, old)
    pairs = [(before[standing[row["line"]]], row) for row in new.iter_rows(named=True)]
    with connection.cursor() as cursor:
        cursor.executemany(_SUPERSEDE, [_superseded(action, one, originals, other) for one, other in pairs])
    stored.insert_rows(connection, dataset, new)
    keep_updates(connection, dataset, pairs, action.account, action.reason or "released as an update")
    for line in new["line"]:
        rows[line].act = Act.WAIVED if action.is_waiver else Act.UPDATED
    taken = {places: line for line, places in standing.items()}
    for row in action.rows:
        if (str(row.found["run_id"]), row.line) in taken:
            row.is_superseded = True


def _with_current_keys(connection: Connection, dataset: Dataset, places: pl.DataFrame) -> pl.DataFrame:
    """Return places with the keys under which the rows are found today; people may have corrected them."""
    hidden = past.renamed(connection, dataset).select("run_id", "line")
    moved = places.join(hidden, on=("run_id", "line"), how="semi")
    if moved.is_empty():
        return places
    found = [
        stored.row_at(connection, dataset, UUID(row["run_id"]), row["line"]).select(places.columns)
        for row in moved.iter_rows(named=True)
    ]
    return pl.concat([places.join(moved, on=("run_id", "line"), how="anti"), *found])


def _superseded(
    action: Action,
    before: Mapping[str, Any],
    originals: Mapping[tuple[str, int], Mapping[str, Any]],
    after: Mapping[str, Any],
) -> dict[str, Any]:
    return {
        **{name: before[name] for name in ("run_id", "line", "byte_start", "byte_length", "extra")},
        "dataset": action.dataset.name,
        "cells": Json(texts_of(originals[before["run_id"], before["line"]], action.dataset)),
        "by": action.account,
        "reason": f"line {after['line']} of run {after['run_id']} was released as an update of it",
        "new_run": after["run_id"],
        "new_line": after["line"],
    }
