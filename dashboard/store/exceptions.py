"""What the inbox shows: held rows of a filter, how many there are of each kind, one row with what is wrong."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flows.adapters.warehouse import Warehouse
from flows.services import backlog, queries
from flows.services.backlog import Split
from flows.services.queries import Wanted
from sql import PLATFORM, query

Row = dict[str, Any]
PAGE_ROWS = 50


def page(warehouse: Warehouse, wanted: Wanted, after: int) -> list[Row]:
    """Return the next rows of a filter after an exception, oldest first, and one more where another page follows."""
    return queries.exceptions(warehouse, wanted, PAGE_ROWS + 1, after=after)


def counts(warehouse: Warehouse, wanted: Wanted) -> list[Row]:
    """Return the number of rows of a filter, whatever its rule, by dataset, category and rule."""
    return backlog.by_rule(warehouse, wanted)


def one(warehouse: Warehouse, exception_id: int) -> Row | None:
    """Return one exception; None where there is none."""
    found = queries.exceptions(warehouse, Wanted(exception_ids=[exception_id]))
    return found[0] if found else None


def findings(warehouse: Warehouse, exception_id: int) -> list[Row]:
    """Return what is wrong with a row, with the sentence of each rule."""
    return warehouse.rows(query(PLATFORM, "exception_findings"), exception_id=exception_id)


def tried(warehouse: Warehouse, exception_id: int) -> list[Row]:
    """Return what people did to a row, oldest first."""
    return warehouse.rows(
        """
        select made_at, made_by, outcome, cells, reason, carried_from from platform.exception_correction
        where exception_id = %(exception_id)s order by made_at
        """,
        exception_id=exception_id,
    )


def waivers(warehouse: Warehouse, exception_ids: Sequence[int]) -> dict[int, Row]:
    """Return the requests for a waiver that wait for a second person, by exception."""
    found = warehouse.rows(
        """
        select w.exception_id, w.asked_by, w.asked_at, w.reason from platform.waiver as w
        inner join platform.exception as e on e.exception_id = w.exception_id and e.attempts = w.attempt
        where w.exception_id = any(%(ids)s) and w.granted_by is null and e.state = 'OPEN'
        """,
        ids=list(exception_ids),
    )
    return {row["exception_id"]: row for row in found}


def still_open(warehouse: Warehouse, exception_ids: Sequence[int]) -> set[int]:
    """Return which of some exceptions are open."""
    found = warehouse.rows(
        "select exception_id from platform.exception where exception_id = any(%(ids)s) and state = 'OPEN'",
        ids=list(exception_ids),
    )
    return {row["exception_id"] for row in found}


def by_dataset(warehouse: Warehouse, wanted: Wanted) -> dict[str, int]:
    """Return how many rows of a filter each dataset has."""
    return queries.exceptions_by_dataset(warehouse, wanted)


def trend(warehouse: Warehouse, wanted: Wanted, zone: ZoneInfo, since: date, split: Split) -> list[Row]:
    """Return how many rows of a filter, whatever their state, were held and closed on each business day."""
    return backlog.by_day(warehouse, wanted, zone, since, split)
