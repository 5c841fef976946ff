"""Rows that a person wrote or changed, on their way to the same judging as the rows of a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from flows.core.dataset import Dataset
from flows.core.reading import Batch
from flows.core.rules import raw_name


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenRow:
    """The raw cells of one row by CSV column, with its place in its file."""

    line: int
    byte_start: int
    byte_length: int
    cells: Mapping[str, str]
    extra: str | None


def batch_of(rows: Sequence[WrittenRow], dataset: Dataset) -> Batch:
    """Return rows as a batch; a column without a cell is missing."""
    texts = {
        raw_name(column.name): pl.Series([row.cells.get(column.name, "") for row in rows], dtype=pl.String)
        for column in dataset.columns
    }
    places = {
        "extra": pl.Series([row.extra for row in rows], dtype=pl.String),
        "line": pl.Series([row.line for row in rows], dtype=pl.Int64),
        "byte_start": pl.Series([row.byte_start for row in rows], dtype=pl.Int64),
        "byte_length": pl.Series([row.byte_length for row in rows], dtype=pl.Int64),
    }
    return Batch(rows=pl.DataFrame({**texts, **places}), broken=(), empty_lines=0)


def texts_of(values: Mapping[str, Any], dataset: Dataset) -> dict[str, str]:
    """Return typed values as raw cells by CSV column, each of which reads as the same value."""
    return {column.name: as_text(values[column.mart_name]) or "" for column in dataset.columns}


def as_text(value: object) -> str | None:
    """Return a typed value as the text that reads as the same value; null stays null."""
    return None if value is None else str(value)


def with_values(rows: pl.DataFrame, changes: pl.DataFrame, dataset: Dataset) -> pl.DataFrame:
    """Return typed rows with some of their values replaced; derived columns stay as they were.

    Args:
        rows: Typed rows with `run_id` and `line`.
        changes: One row per cell: `run_id`, `line`, `column_name` (CSV column) and `value`, the text that reads as
            the wanted value, null for a missing one.
    """
    for column in dataset.columns:
        mine = changes.filter(pl.col("column_name") == column.name)
        if mine.is_empty():
            continue
        wanted = mine.select("run_id", "line", wanted=column.kind.read(mine["value"]), is_wanted=True)
        rows = (
            rows.join(wanted, on=("run_id", "line"), how="left", maintain_order="left")
            .with_columns(pl.when("is_wanted").then("wanted").otherwise(column.mart_name).alias(column.mart_name))
            .drop("wanted", "is_wanted")
        )
    return rows


def match_keys(rows: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """Return by which key rows of two versions of a file match: folded names, and their occurrence in the file.

    Args:
        rows: Every row of a file: `line` and the text columns `names`, null where missing.

    Returns:
        `line` and `match_key`, lines ascending.
    """
    folded = pl.concat_str(
        *(
            pl.col(name).fill_null("").str.strip_chars().str.replace_all(r"\s+", " ").str.to_lowercase()
            for name in names
        ),
        separator="\x1f",
    )
    keyed = rows.sort("line").select("line", names=folded)
    occurrence = pl.int_range(1, pl.len() + 1).over("names").cast(pl.String)
    return keyed.select("line", match_key=pl.concat_str("names", pl.lit("\x1f"), occurrence))
