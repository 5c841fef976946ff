"""Writes and reads of the marts within a publishing transaction; identifiers come from declarations only."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

import polars as pl
from psycopg import sql

from flows.adapters.warehouse import Connection
from flows.core.dataset import Aggregate, Context, Dataset
from flows.core.written import with_values
from sql import PLATFORM, query

BLOCK_BYTES = 1 << 20
CELL_SCHEMA = {"run_id": pl.String, "line": pl.Int64, "column_name": pl.String, "value": pl.String}
"""One cell of a stored row, as a text."""


def lock_dataset(connection: Connection, dataset: Dataset) -> None:
    """Let no other file of the dataset be published until the transaction ends."""
    connection.execute("select pg_advisory_xact_lock(hashtext('quayside.publish'), hashtext(%s))", (dataset.name,))


def copy_file(connection: Connection, schema: str, table: str, columns: Sequence[str], path: Path) -> None:
    """COPY a CSV file without a header into a table."""
    with path.open("rb") as source, connection.cursor().copy(_copy(schema, table, columns)) as copy:
        while block := source.read(BLOCK_BYTES):
            copy.write(block)


def copy_frame(connection: Connection, schema: str, table: str, frame: pl.DataFrame) -> None:
    """COPY a frame into the columns of its names."""
    if frame.height:
        with connection.cursor().copy(_copy(schema, table, frame.columns)) as copy:
            copy.write(to_csv(frame))


def to_csv(frame: pl.DataFrame) -> bytes:
    """Return a frame as PostgreSQL's CSV: null is nothing, an empty text is quoted."""
    return frame.write_csv(include_header=False, quote_style="necessary", null_value="").encode()


def standing_rows(connection: Connection, dataset: Dataset, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the mart's rows that stand under the keys of `rows`: the value columns, `extra`, `run_id`, `line`."""
    columns = (*dataset.value_columns, "extra", "run_id", "line")
    types = {column.mart_name: column.kind.postgres_type for column in dataset.columns}
    keys = [sql.SQL("%s::" + types[name] + "[]") for name in dataset.key]  # types come from the declaration
    found = connection.execute(
        sql.SQL("select {columns} from {table} as m inner join unnest({keys}) as k({names}) using ({names})").format(
            columns=sql.SQL(", ").join(
                sql.SQL("m.{}::text").format(sql.Identifier(name))
                if name in ("extra", "run_id")
                else sql.Identifier(name)
                for name in columns
            ),
            table=_table(dataset),
            keys=sql.SQL(", ").join(keys),
            names=sql.SQL(", ").join(map(sql.Identifier, dataset.key)),
        ),
        [rows[name].unique().to_list() for name in dataset.key],
    ).fetchall()
    schema = {name: rows.schema[name] for name in (*dataset.value_columns, "extra")}
    return pl.DataFrame(
        [tuple(row.values()) for row in found],
        schema=schema | {"run_id": pl.String, "line": pl.Int64},
        orient="row",
    )


def originals(connection: Connection, dataset: Dataset, rows: pl.DataFrame) -> pl.DataFrame:
    """Return standing rows with the values that their lines gave, before any correction."""
    if not connection.execute(
        "select 1 from platform.correction where dataset = %s limit 1", (dataset.name,)
    ).fetchone():
        return rows
    found = connection.execute(
        """
        select distinct on (c.run_id, c.line, c.column_name)
            c.run_id::text as run_id, c.line, c.column_name, c.base_value as value
        from unnest(%s::uuid[], %s::bigint[]) as r (run_id, line)
        inner join platform.correction as c on c.run_id = r.run_id and c.line = r.line
        order by c.run_id, c.line, c.column_name, c.correction_id
        """,
        (rows["run_id"].to_list(), rows["line"].to_list()),
    ).fetchall()
    return with_values(rows, pl.DataFrame(found, schema=CELL_SCHEMA), dataset)


def context(
    connection: Connection, dataset: Dataset, *, landed_on: date, base_name: str, as_of: datetime | None = None
) -> Context:
    """Return what the rows of a file are judged against.

    Args:
        as_of: The moment whose references count; now by default.
    """
    values = {"as_of": as_of or "infinity"}
    references = {
        name: pl.DataFrame(
            connection.execute(query(dataset.name, name).encode(), values).fetchall(), infer_schema_length=None
        )
        for name in dataset.references
    }
    return Context(landed_on=landed_on, base_name=base_name, references=references)


def mark_replaced(connection: Connection, dataset: Dataset, *, old_run: UUID, new_run: UUID) -> None:
    """Take the rows of an old version out of force; its open exceptions become SUPERSEDED."""
    connection.execute(
        sql.SQL("update {} set replaced_by_run = %s where run_id = %s").format(_table(dataset)), (new_run, old_run)
    )
    connection.execute("update platform.run set replaced_by_run = %s where run_id = %s", (new_run, old_run))
    connection.execute(
        """
        update platform.exception
        set state = 'SUPERSEDED', closed_at = now(), closed_by = 'system', reason = %s
        where run_id = %s and state = 'OPEN'
        """,
        (f"the file was replaced by run {new_run}", old_run),
    )


def add_changes(
    connection: Connection, dataset: Dataset, aggregate: Aggregate, run_id: UUID, changes: pl.DataFrame
) -> None:
    """Add a run's changes to an aggregate."""
    copy_frame(
        connection,
        dataset.name,
        aggregate.table,
        changes.select(pl.lit(str(run_id)).alias("run_id"), *aggregate.group_by, *aggregate.measures),
    )


def mend_figures(connection: Connection, dataset: Dataset, run_id: UUID) -> None:
    """Add what the aggregates lack to be what the rows add up to: some statement changed rows past the services."""
    if dataset.aggregates:
        connection.execute(query(dataset.name, "mend_figures").encode(), {"run_id": run_id})


def settle(connection: Connection, dataset: Dataset, run_id: UUID) -> None:
    """Compute again what can't be added up, for the groups that a run touched."""
    if dataset.settle_query:
        connection.execute(query(dataset.name, dataset.settle_query).encode(), {"run_id": run_id})


def close_held_already(connection: Connection, dataset: Dataset, run_id: UUID) -> int:
    """Close the exceptions of a run that say the same as one of an earlier run that is open or was repaired.

    Only where a row has a key: without one, the same text in another file is another row.

    Returns:
        Their number.
    """
    if not dataset.key:
        return 0
    keys = [column.mart_name for column in dataset.columns if column.mart_name in dataset.key]
    return connection.execute(
        query(PLATFORM, "close_held_already").encode(), {"dataset": dataset.name, "run_id": run_id, "keys": keys}
    ).rowcount


def add_up(aggregate: Aggregate, parts: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Return the sum of an aggregate's parts."""
    return pl.concat(parts).group_by(aggregate.group_by).agg(pl.col(*aggregate.measures).sum())


def _table(dataset: Dataset) -> sql.Identifier:
    return sql.Identifier(dataset.name, dataset.mart_table)


def _copy(schema: str, table: str, columns: Sequence[str]) -> sql.Composed:
    return sql.SQL("copy {} ({}) from stdin (format csv)").format(
        sql.Identifier(schema, table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
