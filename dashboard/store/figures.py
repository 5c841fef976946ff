"""What the views that a dataset declares answer."""

from dataclasses import dataclass
from typing import Any

from psycopg import sql

from flows.adapters.warehouse import Warehouse
from flows.core.views import View

Row = dict[str, Any]
SHOWN = {"figure": 1, "bar": 40, "line": 3_660, "table": 200}
"""Rows of an answer by the kind of its tile; more are counted only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a view says now.

    Attributes:
        rows: The largest of a bar, the latest of a line, the first of a table.
        there_are: How many rows there are.
    """

    rows: list[Row]
    there_are: int

    @property
    def left_out(self) -> int:
        """Rows that are not shown."""
        return self.there_are - len(self.rows)


def answer(warehouse: Warehouse, dataset: str, view: View) -> Answer:
    """Return the rows of a view's relation, in the order in which they are shown."""
    relation = sql.Identifier(dataset, view.relation)
    chosen = sql.SQL("select * from {} {} limit {}").format(relation, _order(view), sql.Literal(SHOWN[view.chart]))
    with warehouse.transaction() as connection:
        rows = connection.execute(chosen).fetchall()
        is_whole = len(rows) < SHOWN[view.chart]
        counted = None if is_whole else connection.execute(sql.SQL("select count(*) as n from {}").format(relation))
        there_are = len(rows) if counted is None else counted.fetchone()["n"]  # type: ignore[index]  # a count is there
    return Answer(rows=rows[::-1] if view.chart == "line" else rows, there_are=there_are)


def every_row(dataset: str, view: View) -> sql.Composed:
    """Return the statement of all rows of a view's relation, a line's from the first day on, as it is drawn."""
    order = sql.SQL("order by {}").format(sql.Identifier(view.x)) if view.chart == "line" else _order(view)
    return sql.SQL("select * from {} {}").format(sql.Identifier(dataset, view.relation), order)


def columns(warehouse: Warehouse, dataset: str, view: View) -> list[str]:
    """Return the columns of a view's relation."""
    nothing = sql.SQL("select * from {} limit 0").format(sql.Identifier(dataset, view.relation))
    with warehouse.transaction() as connection:
        return [column.name for column in connection.execute(nothing).description or ()]


def _order(view: View) -> sql.Composable:
    if view.chart == "bar":
        return sql.SQL("order by {} desc nulls last, {}").format(sql.Identifier(view.y), sql.Identifier(view.x))
    if view.chart == "line":
        return sql.SQL("order by {} desc").format(sql.Identifier(view.x))
    return sql.SQL("order by {}").format(sql.Identifier(view.x)) if view.x else sql.SQL("")
