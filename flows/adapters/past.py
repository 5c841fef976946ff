"""The rows that stood under keys when a run was published: later runs, releases and corrections taken back."""

from datetime import datetime
from uuid import UUID

import polars as pl
from psycopg import sql

from flows.adapters import marts, stored
from flows.adapters.warehouse import Connection
from flows.core.dataset import Dataset
from flows.core.kinds import present
from flows.core.written import with_values


def standing_before(
    connection: Connection, dataset: Dataset, rows: pl.DataFrame, run_id: UUID, moment: datetime
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the rows that stood under the keys of `rows` at a moment, as they were then and as their lines gave them.

    Args:
        run_id: Run whose own rows are left out.
        moment: When it was published.
    """
    compared = (*dataset.value_columns, "extra", "run_id", "line")
    found = pl.concat(
        [
            marts.standing_rows(connection, dataset, rows).select(compared),
            _renamed_since(connection, dataset, rows, moment).select(compared),
            _superseded_since(connection, dataset, rows, moment).select(compared),
        ]
    ).unique(("run_id", "line"), maintain_order=True)
    stood = found.join(_not_loaded_then(connection, found, run_id, moment), on=("run_id", "line"), how="anti")
    then = _as_of(connection, dataset, stood, moment).join(
        rows.select(dataset.key).unique(), on=dataset.key, how="semi", maintain_order="left"
    )
    return then, marts.originals(connection, dataset, then)


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
        (dataset.name, names, moment, _keys(rows, dataset)),
    ).fetchall()
    found = [stored.row_at(connection, dataset, row["run_id"], row["line"]) for row in places]
    return pl.concat([pl.DataFrame(schema=dataset.mart_schema), *found])


def _superseded_since(connection: Connection, dataset: Dataset, rows: pl.DataFrame, moment: datetime) -> pl.DataFrame:
    """Return rows that stood under these keys until another line was released as an update of them."""
    key = next(column for column in dataset.columns if column.mart_name in dataset.key)
    found = connection.execute(
        sql.SQL(
            """
            select run_id::text as run_id, line, coalesce(corrected ->> {0}, cells ->> {0}) as key,
                cells, corrected, extra::text as extra
            from platform.exception
            where dataset = {1} and state = 'SUPERSEDED' and closed_at >= {2} and standing_run_id is not null
                and coalesce(corrected ->> {0}, cells ->> {0}) = any({3})
            """
        ).format(
            sql.Literal(key.name), sql.Literal(dataset.name), sql.Literal(moment), sql.Literal(_keys(rows, dataset))
        )
    ).fetchall()
    texts = {
        column: pl.Series(
            [{**row["cells"], **(row["corrected"] or {})}.get(column.name, "") for row in found], dtype=pl.String
        )
        for column in dataset.columns
    }
    frame = pl.DataFrame(
        {
            **{column.mart_name: series for column, series in texts.items()},
            "extra": pl.Series([row["extra"] for row in found], dtype=pl.String),
            "run_id": pl.Series([row["run_id"] for row in found], dtype=pl.String),
            "line": pl.Series([row["line"] for row in found], dtype=pl.Int64),
        }
    ).with_columns(present(pl.col(column.mart_name), dataset.null_tokens) for column in dataset.columns)
    typed = frame.with_columns(
        column.kind.read(frame[column.mart_name]).alias(column.mart_name) for column in dataset.columns
    )
    # a row that was corrected before it was superseded had the corrected values at the time
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
    return with_values(typed, pl.DataFrame(cells, schema=marts.CELL_SCHEMA), dataset)


def _keys(rows: pl.DataFrame, dataset: Dataset) -> list[str]:
    return rows.select(pl.concat_str(dataset.key, separator="\x1f")).to_series().unique().to_list()
