"""The rows that stand, or stood at a moment, under keys: corrections, releases and later runs are taken back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import polars as pl

from flows.adapters import marts, stored
from flows.adapters.warehouse import Connection
from flows.core.dataset import Dataset
from flows.core.kinds import present
from flows.core.written import with_values

Standing = tuple[pl.DataFrame, pl.DataFrame]
"""Standing rows as they were at the moment, and the same rows as their lines gave them."""


def renamed(connection: Connection, dataset: Dataset) -> pl.DataFrame:
    """Return the keys that lines gave and that people corrected to others: the key columns, `run_id`, `line`.

    A file that has such a key once more does not bring a new row.
    """
    columns = [column for column in dataset.columns if column.mart_name in dataset.key]
    found = connection.execute(
        """
        select distinct on (run_id, line) run_id::text as run_id, line, base_value
        from platform.correction as c
        where dataset = %s and column_name = any(%s) and kind <> 'UPDATE'
        order by run_id, line, correction_id
        """,
        (dataset.name, [column.name for column in columns]),
    ).fetchall()
    schema = {"run_id": pl.String, "line": pl.Int64, "base_value": pl.String}
    frame = pl.DataFrame(found, schema=schema)
    if len(columns) != 1:
        return frame.clear().select(*(pl.lit(None, pl.String).alias(name) for name in dataset.key), "run_id", "line")
    return frame.select(columns[0].kind.read(frame["base_value"]).alias(columns[0].mart_name), "run_id", "line")


def standing_at(connection: Connection, dataset: Dataset, rows: pl.DataFrame, moment: datetime | None) -> Standing:
    """Return the rows that stand under the keys of `rows`, also those that people gave another key.

    Args:
        moment: Corrections made since are taken back; None: nothing is.
    """
    compared = (*dataset.value_columns, "extra", "run_id", "line")
    found = marts.standing_rows(connection, dataset, rows).select(compared)
    if not _has_corrections(connection, dataset):
        return found, found
    hidden = renamed(connection, dataset).join(rows.select(dataset.key).unique(), on=dataset.key, how="semi")
    moved = [
        stored.row_at(connection, dataset, UUID(row["run_id"]), row["line"], is_locked=False)
        .select(compared)
        .with_columns(pl.lit(row[name]).alias(name) for name in dataset.key)
        for row in hidden.iter_rows(named=True)
    ]
    both = pl.concat([found, *moved]).unique(dataset.key, keep="first", maintain_order=True)
    then = _as_of(connection, dataset, both, moment) if moment else both
    originals = marts.originals(connection, dataset, both)
    stood = pl.any_horizontal(
        pl.all_horizontal(pl.Series(frame[name] == both[name]) for name in dataset.key) for frame in (then, originals)
    )
    keys = both.select(dataset.key)
    return (
        then.with_columns(keys).filter(stood).select(compared),
        originals.with_columns(keys).filter(stood).select(compared),
    )


def standing_before(
    connection: Connection, dataset: Dataset, rows: pl.DataFrame, run_id: UUID, moment: datetime
) -> Standing:
    """Return the rows that stood under the keys of `rows` at a moment, as they were then and as their lines gave them.

    Args:
        run_id: Run whose own rows are left out.
        moment: When its duplicates were judged.
    """
    compared = (*dataset.value_columns, "extra", "run_id", "line")
    now, _ = standing_at(connection, dataset, rows, moment)
    since = [
        frame.select(compared).join(rows.select(dataset.key).unique(), on=dataset.key, how="semi")
        for frame in (
            _renamed_since(connection, dataset, rows, moment),
            _superseded_since(connection, dataset, moment),
        )
    ]
    found = pl.concat([now, *since]).unique(("run_id", "line"), maintain_order=True)
    stood = found.join(_not_loaded_then(connection, found, run_id, moment), on=("run_id", "line"), how="anti")
    then = stood.unique(dataset.key, keep="first", maintain_order=True)
    keys = then.select("run_id", "line", *dataset.key)
    originals = marts.originals(connection, dataset, then).drop(dataset.key)
    return then, originals.join(keys, on=("run_id", "line"), maintain_order="left").select(compared)


def _has_corrections(connection: Connection, dataset: Dataset) -> bool:
    found = connection.execute("select 1 from platform.correction where dataset = %s limit 1", (dataset.name,))
    return found.fetchone() is not None


def _not_loaded_then(connection: Connection, rows: pl.DataFrame, run_id: UUID, moment: datetime) -> pl.DataFrame:
    """Return the places of rows that came later: by a later run, or by a later release."""
    later = connection.execute(
        """
        select p.run_id::text as run_id, p.line
        from unnest(%(run_ids)s::uuid[], %(lines)s::bigint[]) as p (run_id, line)
        inner join platform.run as r on r.run_id = p.run_id
        left join platform.exception as e
            on e.run_id = p.run_id and e.line = p.line and not e.was_loaded and e.state <> 'OPEN'
        where p.run_id = %(run_id)s or r.ended_at >= %(moment)s
            or exists (
                select 1 from platform.exception_correction as c
                where c.exception_id = e.exception_id and c.outcome in ('RELEASED', 'UPDATED', 'WAIVED')
                    and c.made_at >= %(moment)s
            )
        """,
        {
            "run_ids": rows["run_id"].to_list(),
            "lines": rows["line"].to_list(),
            "run_id": run_id,
            "moment": moment,
        },
    ).fetchall()
    return pl.DataFrame(later, schema={"run_id": pl.String, "line": pl.Int64})


def _as_of(connection: Connection, dataset: Dataset, rows: pl.DataFrame, moment: datetime) -> pl.DataFrame:
    """Return rows with the values that they had at a moment."""
    cells = connection.execute(
        """
        select distinct on (c.run_id, c.line, c.column_name)
            c.run_id::text as run_id, c.line, c.column_name, c.old_value as value
        from unnest(%s::uuid[], %s::bigint[]) as r (run_id, line)
        inner join platform.correction as c on c.run_id = r.run_id and c.line = r.line
        where c.made_at >= %s and c.kind <> 'UPDATE'
        order by c.run_id, c.line, c.column_name, c.correction_id
        """,
        (rows["run_id"].to_list(), rows["line"].to_list(), moment),
    ).fetchall()
    return with_values(rows, pl.DataFrame(cells, schema=marts.CELL_SCHEMA), dataset)


def _renamed_since(connection: Connection, dataset: Dataset, rows: pl.DataFrame, moment: datetime) -> pl.DataFrame:
    """Return rows whose key was one of these until someone corrected it."""
    names = [column.name for column in dataset.columns if column.mart_name in dataset.key]
    places = connection.execute(
        """
        select distinct run_id, line from platform.correction
        where dataset = %s and column_name = any(%s) and made_at >= %s and kind <> 'UPDATE' and row_key = any(%s)
        """,
        (
            dataset.name,
            names,
            moment,
            rows.select(pl.concat_str(dataset.key, separator="\x1f")).to_series().unique().to_list(),
        ),
    ).fetchall()
    found = [stored.row_at(connection, dataset, row["run_id"], row["line"], is_locked=False) for row in places]
    return _as_of(connection, dataset, pl.concat([pl.DataFrame(schema=dataset.mart_schema), *found]), moment)


def _superseded_since(connection: Connection, dataset: Dataset, moment: datetime) -> pl.DataFrame:
    """Return rows that stood until another line was released as an update of them, as they were at the moment."""
    found = connection.execute(
        """
        select run_id::text as run_id, line, cells, corrected, extra::text as extra
        from platform.exception
        where dataset = %s and state = 'SUPERSEDED' and closed_at >= %s and standing_run_id is not null
        """,
        (dataset.name, moment),
    ).fetchall()
    typed = _typed(found, dataset)
    cells = connection.execute(
        """
        select distinct on (c.run_id, c.line, c.column_name)
            c.run_id::text as run_id, c.line, c.column_name, c.new_value as value
        from unnest(%s::uuid[], %s::bigint[]) as r (run_id, line)
        inner join platform.correction as c on c.run_id = r.run_id and c.line = r.line
        order by c.run_id, c.line, c.column_name, c.correction_id desc
        """,
        (typed["run_id"].to_list(), typed["line"].to_list()),
    ).fetchall()
    last = with_values(typed, pl.DataFrame(cells, schema=marts.CELL_SCHEMA), dataset)
    return _as_of(connection, dataset, last, moment)


def _typed(found: list[Mapping[str, Any]] | list[dict[str, Any]], dataset: Dataset) -> pl.DataFrame:
    """Return exceptions as typed rows, with what people wrote over them."""
    cells = [{**(row["cells"] or {}), **(row["corrected"] or {})} for row in found]
    texts = pl.DataFrame(
        {
            **{
                column.mart_name: pl.Series([one.get(column.name, "") for one in cells], dtype=pl.String)
                for column in dataset.columns
            },
            "extra": pl.Series([row["extra"] for row in found], dtype=pl.String),
            "run_id": pl.Series([row["run_id"] for row in found], dtype=pl.String),
            "line": pl.Series([row["line"] for row in found], dtype=pl.Int64),
        }
    ).with_columns(present(pl.col(column.mart_name), dataset.null_tokens) for column in dataset.columns)
    return texts.with_columns(
        column.kind.read(texts[column.mart_name]).alias(column.mart_name) for column in dataset.columns
    )
