"""How many held rows there are by reason, and how many came and went by day, for whichever a person means."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, Date, DateTime, and_, cast, func, literal, or_, select, union_all
from sqlalchemy.dialects.postgresql import distinct_on

from flows.adapters.warehouse import Warehouse
from flows.core.rules import Severity
from flows.services import queries
from flows.services.queries import Wanted

Row = dict[str, Any]
Split = Literal["", "category", "rule"]
_OPENED_AT, _CLOSED_AT = queries.EXCEPTION.c.opened_at, queries.EXCEPTION.c.closed_at


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
    counted = (
        chosen.where(or_(*(moment >= _before(since, zone) for moment in (_OPENED_AT, _CLOSED_AT))))
        .with_only_columns(_OPENED_AT, _CLOSED_AT, name.label("name"), func.count().label("number"))
        .group_by(_OPENED_AT, _CLOSED_AT, name)
        .cte("counted")
    )
    told, none = counted.c, literal(0)
    moved = union_all(
        select(_day(told.opened_at, zone).label("day"), told.name, told.number.label("opened"), none.label("closed")),
        select(_day(told.closed_at, zone), told.name, none, told.number).where(told.closed_at.is_not(None)),
    ).subquery()
    statement = (
        select(
            moved.c.day,
            moved.c.name,
            cast(func.sum(moved.c.opened), BigInteger).label("opened"),
            cast(func.sum(moved.c.closed), BigInteger).label("closed"),
        )
        .where(moved.c.day >= since)
        .group_by(moved.c.day, moved.c.name)
        .order_by(moved.c.day, moved.c.name)
    )
    with warehouse.engine.connect() as connection:
        return [dict(row) for row in connection.execute(statement).mappings()]


def by_rule(warehouse: Warehouse, wanted: Wanted) -> list[Row]:
    """Return how many held rows break each rule as of their last attempt, the most frequent first.

    The rule that is wanted does not matter; a row that breaks two rules counts for both.

    Returns:
        One row per `dataset`, `category` of the row and `rule`: `exceptions`.
    """
    row, finding = queries.EXCEPTION.c, queries.FINDING.c
    broken = (
        queries.exceptions_of(warehouse, replace(wanted, rule=""))
        .join(queries.FINDING, and_(queries.IS_CURRENT, finding.severity == Severity.ERROR))
        .with_only_columns(row.dataset, row.category, finding.rule)
        .ext(distinct_on(finding.run_id, finding.line, finding.attempt, finding.rule))
        .subquery()
    )
    kind = (broken.c.dataset, broken.c.category, broken.c.rule)
    number = func.count().label("exceptions")
    statement = select(*kind, number).group_by(*kind).order_by(number.desc(), broken.c.dataset, broken.c.rule)
    with warehouse.engine.connect() as connection:
        return [dict(row) for row in connection.execute(statement).mappings()]


def _before(since: date, zone: ZoneInfo) -> Any:  # Any: SQLAlchemy's columns
    """Return a moment that lies before the day begins, whatever its clocks do."""
    return func.timezone(str(zone), cast(since - timedelta(days=1), DateTime))


def _day(moment: Any, zone: ZoneInfo) -> Any:  # Any: SQLAlchemy's columns
    return cast(func.timezone(str(zone), moment), Date)
