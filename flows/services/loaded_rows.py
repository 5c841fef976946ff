"""Loaded rows as services find, name and judge them again."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import polars as pl

from flows.adapters import ledger, marts, stored
from flows.adapters.warehouse import Connection
from flows.core.dataset import Context, Dataset
from flows.core.errors import BrokenRulesError, MistakeError
from flows.core.judging import judge
from flows.core.written import WrittenRow, batch_of


def find_row(connection: Connection, dataset: Dataset, row: str) -> pl.DataFrame:
    """Return one stored row by its key or `RUN:LINE`, locked.

    Raises:
        MistakeError: There is none.
    """
    found = stored.row_by_key(connection, dataset, [row]) if len(dataset.key) == 1 else None
    if found is None or found.is_empty():
        run, _, line = row.rpartition(":")
        if run and line.isdigit():
            found = stored.row_at(connection, dataset, ledger.run_starting_with(connection, run), int(line))
    if found is None or found.is_empty():
        named = "its key, or " if dataset.key else ""
        raise MistakeError(f"no loaded row of {dataset.name} is {row!r}; name it by {named}RUN:LINE")
    return found


def key_of(dataset: Dataset, row: Mapping[str, Any]) -> str:
    """Return how people name a row: its key, or `RUN:LINE`."""
    if not dataset.key:
        return f"{row['run_id']}:{row['line']}"
    return "\x1f".join(str(row[name]) for name in dataset.key)


def context_of(connection: Connection, dataset: Dataset, run_id: UUID) -> Context:
    """Return what the rows of a run are judged against today."""
    file = connection.execute(
        """
        select f.landed_on, f.base_name from platform.run as r
        inner join platform.file as f on f.file_id = r.file_id where r.run_id = %s
        """,
        (run_id,),
    ).fetchone()
    assert file is not None
    return marts.context(connection, dataset, landed_on=file["landed_on"], base_name=file["base_name"])


def judged_again(
    dataset: Dataset, context: Context, row: Mapping[str, Any], cells: Mapping[str, str]
) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Return a stored row with other cells, derived anew, and the warnings about it.

    Raises:
        BrokenRulesError: It breaks a rule.
    """
    written = WrittenRow(
        line=row["line"],
        byte_start=row["byte_start"],
        byte_length=row["byte_length"],
        cells=cells,
        extra=row["extra"],
    )
    verdict = judge(batch_of([written], dataset), dataset, context)
    messages = tuple(verdict.findings["message"])
    if verdict.passed.is_empty():
        errors = verdict.findings.filter(pl.col("severity") == "error")
        raise BrokenRulesError(tuple(errors["message"]))
    return derived(dataset, context, verdict.passed, row["run_id"]), messages


def derived(dataset: Dataset, context: Context, passed: pl.DataFrame, run_id: object) -> pl.DataFrame:
    """Return rows that passed as rows of the mart."""
    rows = dataset.derive(passed, context).with_columns(run_id=pl.lit(str(run_id)))
    return rows.select(pl.col(name).cast(dataset.mart_schema[name]) for name in dataset.mart_columns)
