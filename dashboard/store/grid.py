"""Rows of a mart, a page at a time, by key and never by counting the rows before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from psycopg import sql
from psycopg.errors import DataError

from dashboard.store.question import TooLongError, within
from dashboard.store.selection import Selection, conditions, order_by, shown_columns, table_of
from flows.adapters.warehouse import Connection
from flows.core.dataset import LINEAGE, Dataset
from flows.core.errors import MistakeError
from flows.core.written import as_text

PAGE_ROWS = 50
COUNTED = 100_000
"""Rows are counted up to here; beyond, their number is the database's estimate until somebody asks for it."""
WALK_MS, SCAN_MS, COUNT_MS = 500, 2_000, 500
"""How long a page may take along an order, then by a look at every row, and how long the count: in all as long as a
question may take."""
Way = Literal["first", "after", "before", "last", "from"]
Position = tuple[Any, ...]
"""Values of a row in the columns of the order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row.

    Attributes:
        name: How services know it: its key, or `RUN:LINE`.
        place: Its run and line.
        cells: Texts by shown column; empty where there is no value.
        position: Where it stands in the order.
    """

    name: str
    place: tuple[str, int]
    cells: dict[str, str]
    position: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some rows that follow each other.

    Attributes:
        has_more: Whether more rows follow in the direction that was asked for.
    """

    lines: tuple[Line, ...]
    has_more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """How many rows there are.

    Attributes:
        is_exact: Whether it was counted; else it is an estimate.
    """

    rows: int
    is_exact: bool


def page(connection: Connection, chosen: Selection, way: Way = "first", place: Position = ()) -> Page:
    """Return a page.

    Args:
        place: The row from which `after`, `before` and `from` go.

    Raises:
        MistakeError: The selection names no column, or a value that can't be one.
    """
    is_back = way in ("before", "last")
    where = conditions(chosen)
    if way in ("after", "before", "from"):
        beyond = _beyond(connection, chosen, place, is_back=is_back, is_included=way == "from")
        where = sql.SQL("{} and {}").format(where, beyond)
    statement = sql.SQL("{} where {} order by {} limit {}").format(
        _select(chosen.dataset), where, order_by(chosen, chosen.is_last_first is not is_back), PAGE_ROWS + 1
    )
    answer = _answer_of_few if chosen.may_be_rare else _answer_of_many
    found = [_line(chosen, row) for row in answer(connection, statement)]
    lines = found[:PAGE_ROWS]
    return Page(lines=tuple(reversed(lines) if is_back else lines), has_more=len(found) > PAGE_ROWS)


def find(connection: Connection, chosen: Selection, name: str) -> Line | None:
    """Return a row of the selection by the name that services know it by; None where it is not in it."""
    where = _is_named(chosen.dataset, [name])
    statement = sql.SQL("{} where {} and {} limit 1").format(_select(chosen.dataset), conditions(chosen), where)
    found = _answer(connection, statement)
    return _line(chosen, found[0]) if found else None


def by_name(connection: Connection, chosen: Selection, names: Sequence[str]) -> dict[str, Line]:
    """Return rows by name as they are now, whether or not they still fit the selection."""
    if not names:
        return {}
    statement = sql.SQL("{} where {}").format(_select(chosen.dataset), _is_named(chosen.dataset, names))
    lines = [_line(chosen, row) for row in _answer(connection, statement)]
    return {line.name: line for line in lines}


def count(connection: Connection, chosen: Selection, *, at_least: int = 0) -> Number:
    """Return the number of rows: counted up to a bound and for a while, beyond it as the database estimates it.

    Args:
        at_least: So many are known already.
    """
    rows = _rows(chosen)
    try:
        with within(connection, COUNT_MS):
            number = _counted(connection, sql.SQL("{} limit {}").format(rows, COUNTED + 1))
        if number <= COUNTED:
            return Number(rows=number, is_exact=True)
    except TooLongError:
        number = at_least
    plan = _answer(connection, sql.SQL("explain (format json) {}").format(rows))[0]["QUERY PLAN"]
    return Number(rows=max(int(plan[0]["Plan"]["Plan Rows"]), number), is_exact=False)


def count_all(connection: Connection, chosen: Selection) -> Number:
    """Return the number of rows, every one counted, however long that takes."""
    return Number(rows=_counted(connection, _rows(chosen)), is_exact=True)


def count_aside(connection: Connection, chosen: Selection) -> Number:
    """Return the same by one core, however many the database has: nobody waits for it."""
    connection.execute("set local max_parallel_workers_per_gather = 0")
    return count_all(connection, chosen)


def _rows(chosen: Selection) -> sql.Composed:
    return sql.SQL("select 1 from {} where {}").format(table_of(chosen.dataset), conditions(chosen))


def _counted(connection: Connection, rows: sql.Composed) -> int:
    return int(_answer(connection, sql.SQL("select count(*) as number from ({}) as r").format(rows))[0]["number"])


def _select(dataset: Dataset) -> sql.Composed:
    columns = sql.SQL(", ").join(
        sql.SQL("{0}::text as {0}").format(sql.Identifier(name))
        if dataset.postgres_types[name] == "json"
        else sql.Identifier(name)
        for name in (*shown_columns(dataset), *LINEAGE[:2])
    )
    return sql.SQL("select {} from {}").format(columns, table_of(dataset))


def _line(chosen: Selection, row: Mapping[str, Any]) -> Line:
    dataset = chosen.dataset
    place = (str(row["run_id"]), int(row["line"]))
    name = str(row[dataset.key[0]]) if len(dataset.key) == 1 else f"{place[0]}:{place[1]}"
    cells = {one: as_text(row[one]) or "" for one in shown_columns(dataset)}
    return Line(name=name, place=place, cells=cells, position=tuple(row[one] for one in chosen.order))


def _is_named(dataset: Dataset, names: Sequence[str]) -> sql.Composable:
    if len(dataset.key) == 1:
        return sql.SQL("{} = any({})").format(sql.Identifier(dataset.key[0]), sql.Literal(list(names)))
    places = [(run, int(line)) for run, _, line in (name.rpartition(":") for name in names) if line.isdigit()]
    if not places:
        return sql.SQL("false")
    told = [sql.SQL("({}::uuid, {})").format(sql.Literal(run), sql.Literal(line)) for run, line in places]
    return sql.SQL("(run_id, line) in ({})").format(sql.SQL(", ").join(told))


def _beyond(
    connection: Connection, chosen: Selection, place: Position, *, is_back: bool, is_included: bool
) -> sql.Composable:
    """Return the condition for the rows on one side of a row; without missing values it follows an index."""
    dataset, order = chosen.dataset, chosen.order
    is_up = chosen.is_last_first is is_back
    sign = sql.SQL((">" if is_up else "<") + ("=" if is_included else ""))
    if not _optional(connection, dataset).intersection(order):
        return _compared(dataset, order, sign, place)
    first, rest = sql.Identifier(order[0]), _compared(dataset, order[1:], sign, place[1:])
    if place[0] is None:
        beside = sql.SQL("({} is null and {})").format(first, rest)
        return beside if is_up else sql.SQL("({} or {} is not null)").format(beside, first)
    value = _typed(dataset, order[0], place[0])
    farther = sql.SQL("{} {} {}").format(first, sql.SQL(">" if is_up else "<"), value)
    missing = sql.SQL(" or {} is null").format(first) if is_up else sql.SQL("")
    return sql.SQL("({} or ({} = {} and {}){})").format(farther, first, value, rest, missing)


def _compared(dataset: Dataset, names: Sequence[str], sign: sql.SQL, place: Position) -> sql.Composed:
    columns = sql.SQL(", ").join(map(sql.Identifier, names))
    values = sql.SQL(", ").join(_typed(dataset, name, value) for name, value in zip(names, place, strict=True))
    return sql.SQL("({}) {} ({})").format(columns, sign, values)


def _typed(dataset: Dataset, name: str, value: object) -> sql.Composed:
    return sql.SQL("{}::{}").format(sql.Literal(as_text(value)), sql.SQL(dataset.postgres_types[name]))


def _optional(connection: Connection, dataset: Dataset) -> frozenset[str]:
    """Return the columns of a mart that may have no value."""
    found = connection.execute(
        """
        select attname from pg_attribute where attrelid = to_regclass(%s) and attnum > 0 and not attnotnull
        """,
        (f"{dataset.name}.{dataset.mart_table}",),
    )
    return frozenset(row["attname"] for row in found)


def _answer_of_many(connection: Connection, statement: sql.Composed) -> list[dict[str, Any]]:
    with within(connection, WALK_MS + SCAN_MS):
        return _answer(connection, statement)


def _answer_of_few(connection: Connection, statement: sql.Composed) -> list[dict[str, Any]]:
    """Walk along the order, which is quick where many rows fit; where few do, look at every row at once instead."""
    try:
        with within(connection, WALK_MS):
            return _answer(connection, statement)
    except TooLongError:
        with within(connection, SCAN_MS):
            connection.execute("set local enable_indexscan = off")
            found = _answer(connection, statement)
            connection.execute("set local enable_indexscan = on")
            return found


def _answer(connection: Connection, statement: sql.Composed) -> list[dict[str, Any]]:
    try:
        return connection.execute(statement).fetchall()
    except DataError as error:
        told = " ".join((error.diag.message_primary or "").split())
        raise MistakeError(f"a filter can't be read: {told}. Write days as 2026-01-31 and ranges as 10..20") from None
