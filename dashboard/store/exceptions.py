"""What the inbox shows: held rows of a filter, how many there are of each kind, one row with what is wrong."""

from typing import Any

from flows.adapters.warehouse import Warehouse
from flows.services import queries
from flows.services.queries import Wanted
from sql import PLATFORM, query

Row = dict[str, Any]
PAGE_ROWS = 50


def page(warehouse: Warehouse, wanted: Wanted, after: int) -> list[Row]:
    """Return the next rows of a filter after an exception, oldest first."""
    return queries.exceptions(warehouse, wanted, PAGE_ROWS, after=after)


def counts(warehouse: Warehouse, *, state: str, dataset: str) -> list[Row]:
    """Return the number of held rows by dataset, category and rule."""
    return warehouse.rows(query(PLATFORM, "exception_counts"), state=state, dataset=dataset)


def one(warehouse: Warehouse, exception_id: int) -> Row | None:
    """Return one exception; None where there is none."""
    found = queries.exceptions(warehouse, Wanted(exception_ids=[exception_id]))
    return found[0] if found else None


def findings(warehouse: Warehouse, exception_id: int) -> list[Row]:
    """Return what is wrong with a row, with the sentence of each rule."""
    return warehouse.rows(query(PLATFORM, "exception_findings"), exception_id=exception_id)


def waiver(warehouse: Warehouse, exception_id: int) -> Row | None:
    """Return the request for a waiver that waits for a second person."""
    found = warehouse.rows(
        """
        select w.asked_by, w.asked_at, w.reason from platform.waiver as w
        inner join platform.exception as e on e.exception_id = w.exception_id and e.attempts = w.attempt
        where w.exception_id = %(exception_id)s and w.granted_by is null and e.state = 'OPEN'
        """,
        exception_id=exception_id,
    )
    return found[0] if found else None


def trend(warehouse: Warehouse, dataset: str) -> list[Row]:
    """Return how many were held and closed on the newest thirty days with any, newest first."""
    return warehouse.rows(query(PLATFORM, "exception_trend"), dataset=dataset)
