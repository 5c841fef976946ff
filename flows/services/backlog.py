"""How many held rows came and went by business day, for whichever of them a person means."""

from dataclasses import replace
from datetime import date
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import Date, cast, func, literal, select, union_all

from flows.adapters.warehouse import Warehouse
from flows.services import queries
from flows.services.queries import Wanted

Row = dict[str, Any]
Split = Literal["", "category", "rule"]


def by_day(warehouse: Warehouse, wanted: Wanted, zone: ZoneInfo, since: date, split: Split = "") -> list[Row]:
    """Return how many rows were held and closed on each day with any, oldest first.

    The state that is wanted does not matter, nor do lines that were loaded first.

    Args:
        since: First day that is told.
        split: Whether the days are told by category or by rule; a row that breaks two rules counts for both.

    Returns:
        One row per day (and `name` of the category or rule): `opened`, `closed`.
    """
    chosen = queries.exceptions_of(warehouse, replace(wanted, state="")).where(~queries.EXCEPTION.c.was_loaded)
    name: Any = literal("")  # Any: columns of differing kinds
    if split == "category":
        name = queries.EXCEPTION.c.category
    if split == "rule":
        name = queries.FINDING.c.rule
        chosen = chosen.join(queries.FINDING, queries.IS_CURRENT)
    opened = chosen.with_only_columns(
        _day(queries.EXCEPTION.c.opened_at, zone).label("day"), name.label("name"), literal(1).label("opened"),
        literal(0).label("closed"),
    )  # fmt: skip
    closed = chosen.where(queries.EXCEPTION.c.closed_at.is_not(None)).with_only_columns(
        _day(queries.EXCEPTION.c.closed_at, zone), name, literal(0), literal(1)
    )
    moved = union_all(opened, closed).subquery()
    statement = (
        select(
            moved.c.day,
            moved.c.name,
            func.sum(moved.c.opened).label("opened"),
            func.sum(moved.c.closed).label("closed"),
        )
        .where(moved.c.day >= since)
        .group_by(moved.c.day, moved.c.name)
        .order_by(moved.c.day, moved.c.name)
    )
    with warehouse.engine.connect() as connection:
        return [dict(row) for row in connection.execute(statement).mappings()]


def _day(moment: Any, zone: ZoneInfo) -> Any:  # Any: SQLAlchemy's columns
    return cast(func.timezone(str(zone), moment), Date)
