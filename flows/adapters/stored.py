"""Rows that are stored in a mart: read as typed frames, changed in place with the aggregates that they are part of."""

from collections.abc import Iterator, Sequence
from uuid import UUID

import polars as pl
from psycopg import sql

from flows.adapters import marts
from flows.adapters.warehouse import Connection
from flows.core.dataset import LINEAGE, Aggregate, Context, Dataset

BULK_ROWS = 200
"""From this many rows on a change goes through a temporary table."""
ROWS_AT_ONCE = 50_000


def row_by_key(connection: Connection, dataset: Dataset, key: Sequence[object]) -> pl.DataFrame:
    """Return the row under a key, locked until the transaction ends; no row where there is none."""
    where = sql.SQL(" and ").join(
        sql.SQL("{} = %s::").format(sql.Identifier(name)) + sql.SQL(dataset.postgres_types[name])  # declared
        for name in dataset.key
    )
    return _frame(connection, dataset, sql.SQL("where {} for update").format(where), key)


def row_at(
    connection: Connection, dataset: Dataset, run_id: UUID, line: int, *, is_locked: bool = True
) -> pl.DataFrame:
    """Return the row of a line, locked until the transaction ends; no row where there is none."""
    where = sql.SQL("where run_id = %s and line = %s" + (" for update" if is_locked else ""))
    return _frame(connection, dataset, where, (run_id, line))


def rows_at(connection: Connection, dataset: Dataset, places: pl.DataFrame) -> pl.DataFrame:
    """Return stored rows by their keys, `run_id` and `line`, locked until the transaction ends."""
    names = _place_columns(dataset)
    arrays = sql.SQL(", ").join(sql.SQL("%s::" + dataset.postgres_types[name] + "[]") for name in names)
    condition = sql.SQL("where ({}) in (select * from unnest({})) for update").format(
        sql.SQL(", ").join(map(sql.Identifier, names)), arrays
    )
    return _frame(connection, dataset, condition, [places[name].to_list() for name in names])


def rows_of_run(
    connection: Connection, dataset: Dataset, run_id: UUID, *, is_locked: bool = False
) -> Iterator[pl.DataFrame]:
    """Yield the rows of a run in the order of their lines, some at a time.

    Args:
        is_locked: Whether nobody else may change them until the transaction ends: for those who write them back.
    """
    chosen = sql.SQL("{} where run_id = %s order by line" + (" for update" if is_locked else "")).format(
        _select(dataset)
    )
    with connection.cursor(name="rows_of_run") as cursor:
        cursor.itersize = ROWS_AT_ONCE
        cursor.execute(chosen, (run_id,))
        while found := cursor.fetchmany(ROWS_AT_ONCE):
            yield pl.DataFrame([tuple(row.values()) for row in found], schema=dataset.mart_schema, orient="row")


def is_replaced(connection: Connection, run_id: UUID) -> bool:
    """Return whether a newer version took the place of a run."""
    row = connection.execute("select replaced_by_run from platform.run where run_id = %s", (run_id,)).fetchone()
    return row is not None and row["replaced_by_run"] is not None


def insert_rows(connection: Connection, dataset: Dataset, rows: pl.DataFrame) -> None:
    """Add rows, of any runs, and what they add to the aggregates."""
    marts.copy_frame(connection, dataset.name, dataset.mart_table, rows.select(dataset.mart_columns))
    _change_aggregates(connection, dataset, rows.clear(), rows)


def delete_rows(connection: Connection, dataset: Dataset, rows: pl.DataFrame) -> None:
    """Take rows away, and what they added to the aggregates."""
    statement = sql.SQL("delete from {} where {}").format(_table(dataset), _place(dataset))
    with connection.cursor() as cursor:
        cursor.executemany(statement, rows.select(_place_columns(dataset)).rows())
    _change_aggregates(connection, dataset, rows, rows.clear())


def change_rows(connection: Connection, dataset: Dataset, old: pl.DataFrame, new: pl.DataFrame) -> int:
    """Write changed rows and what changes in the aggregates; return how many rows differ.

    Args:
        old: Rows as they are stored.
        new: The same rows, in the same order, as they should be.
    """
    names = [name for name in dataset.mart_columns if name not in ("run_id", "line")]
    differs = pl.concat(
        [old.select(names), new.select(pl.col(name).alias(f"new_{name}") for name in names)], how="horizontal"
    ).select(pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"new_{name}")) for name in names))
    mask = differs.to_series()
    old, new = old.filter(mask), new.filter(mask)
    if old.is_empty():
        return 0
    write = _write_many if old.height >= BULK_ROWS else _write_few
    write(connection, dataset, old, new, names)
    _change_aggregates(connection, dataset, old, new)
    return old.height


def rederive(connection: Connection, dataset: Dataset, run_id: UUID, context: Context) -> int:
    """Compute the derived columns of a run's rows again; return how many rows changed."""
    changed = 0
    for old in rows_of_run(connection, dataset, run_id, is_locked=True):
        new = dataset.derive(old.select(*dataset.value_columns, "extra", *LINEAGE), context)
        typed = new.select(pl.col(name).cast(dataset.mart_schema[name]) for name in dataset.mart_columns)
        changed += change_rows(connection, dataset, old, typed)
    return changed


def rederive_if_changed(connection: Connection, dataset: Dataset, run_id: UUID, context: Context) -> None:
    """Compute derived columns again where a reference was changed after a run had read it."""
    now = marts.context(connection, dataset, landed_on=context.landed_on, base_name=context.base_name)
    if any(not frame.equals(context.references[name]) for name, frame in now.references.items()):
        rederive(connection, dataset, run_id, now)


def _write_few(
    connection: Connection, dataset: Dataset, old: pl.DataFrame, new: pl.DataFrame, names: list[str]
) -> None:
    assignments = sql.SQL(", ").join(
        sql.SQL("{} = %s::").format(sql.Identifier(name)) + sql.SQL(dataset.postgres_types[name]) for name in names
    )
    statement = sql.SQL("update {} set {} where {}").format(_table(dataset), assignments, _place(dataset))
    places = old.select(_place_columns(dataset)).rows()
    with connection.cursor() as cursor:
        cursor.executemany(
            statement, [values + place for values, place in zip(new.select(names).rows(), places, strict=True)]
        )


def _write_many(
    connection: Connection, dataset: Dataset, old: pl.DataFrame, new: pl.DataFrame, names: list[str]
) -> None:
    connection.execute("drop table if exists pg_temp.changed_row")
    connection.execute(sql.SQL("create temporary table changed_row (like {}) on commit drop").format(_table(dataset)))
    places = [f"old_{name}" for name in dataset.key]
    for name in dataset.key:
        connection.execute(
            sql.SQL("alter table pg_temp.changed_row add column {} {}").format(
                sql.Identifier(f"old_{name}"), sql.SQL(dataset.postgres_types[name])
            )
        )
    frame = new.select(dataset.mart_columns).with_columns(old[name].alias(f"old_{name}") for name in dataset.key)
    marts.copy_frame(connection, "pg_temp", "changed_row", frame)
    connection.execute(
        sql.SQL(
            "update {} as m set {} from pg_temp.changed_row as c where m.run_id = c.run_id and m.line = c.line{}"
        ).format(
            _table(dataset),
            sql.SQL(", ").join(sql.SQL("{0} = c.{0}").format(sql.Identifier(name)) for name in names),
            sql.SQL("").join(
                sql.SQL(" and m.{} = c.{}").format(sql.Identifier(name), sql.Identifier(place))
                for name, place in zip(dataset.key, places, strict=True)
            ),
        )
    )


def _change_aggregates(connection: Connection, dataset: Dataset, old: pl.DataFrame, new: pl.DataFrame) -> None:
    """Add what rows change in the aggregates, under the runs of the rows."""
    for (run_id,), _ in pl.concat([old, new]).group_by("run_id", maintain_order=True):
        for aggregate in dataset.aggregates:
            change = marts.add_up(
                aggregate,
                [
                    _summed(aggregate, new.filter(pl.col("run_id") == run_id)),
                    _summed(aggregate, old.filter(pl.col("run_id") == run_id)).with_columns(
                        -pl.col(*aggregate.measures)
                    ),
                ],
            ).filter(pl.any_horizontal(pl.col(name) != 0 for name in aggregate.measures))
            marts.add_changes(connection, dataset, aggregate, UUID(str(run_id)), change)


def _summed(aggregate: Aggregate, rows: pl.DataFrame) -> pl.DataFrame:
    return rows.group_by(aggregate.group_by).agg(measure.alias(name) for name, measure in aggregate.measures.items())


def _frame(connection: Connection, dataset: Dataset, where: sql.Composable, values: Sequence[object]) -> pl.DataFrame:
    found = connection.execute(sql.SQL("{} {}").format(_select(dataset), where), values).fetchall()
    return pl.DataFrame([tuple(row.values()) for row in found], schema=dataset.mart_schema, orient="row")


def _select(dataset: Dataset) -> sql.Composed:
    types = dataset.postgres_types
    return sql.SQL("select {} from {}").format(
        sql.SQL(", ").join(
            sql.SQL("{0}::text as {0}").format(sql.Identifier(name))
            if types[name] in ("json", "uuid")
            else sql.Identifier(name)
            for name in dataset.mart_columns
        ),
        _table(dataset),
    )


def _place_columns(dataset: Dataset) -> tuple[str, ...]:
    return (*dataset.key, "run_id", "line")


def _place(dataset: Dataset) -> sql.Composed:
    """Return the condition that finds one row by its index and by its line."""
    return sql.SQL(" and ").join(
        sql.SQL("{} = %s::").format(sql.Identifier(name)) + sql.SQL(dataset.postgres_types[name])
        for name in _place_columns(dataset)
    )


def _table(dataset: Dataset) -> sql.Identifier:
    return sql.Identifier(dataset.name, dataset.mart_table)
