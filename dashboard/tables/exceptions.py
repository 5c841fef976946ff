"""The inbox: its rows as a sheet that can be edited and brought back, how many there are by rule, and by day.

And the corrections that did not follow."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from dashboard.state.exceptions import FILTERS, NAMES, ExceptionsState
from dashboard.store import exceptions as store
from dashboard.tables.asked import Asked, Make
from flows.core.errors import MistakeError
from flows.services import corrections, spreadsheets
from flows.services.exporting import Send
from flows.services.tables import Table

BY_RULE = ("dataset", "category", "rule", "exceptions")
BY_DAY = ("day", "name", "opened", "closed")
CONFLICT = ("conflict_id", "dataset", "base_name", "run_id", "line", "column_name", "made_on", "corrected_to", "found",
            "reason", "opened_at", "correction_id", "exception_id")  # fmt: skip


def _rows(asked: Asked, to: Send) -> int:
    state = asked.state(ExceptionsState, FILTERS)
    dataset = asked.parts.datasets.get(str(state.dataset))
    if dataset is None:
        raise MistakeError("name the dataset: held rows of two datasets have different columns")
    wanted = state.wanted()
    return spreadsheets.send_exceptions(
        asked.parts.warehouse, asked.actor, dataset, replace(wanted, dataset=dataset.name), to, told=asked.told
    )


def _by_rule(asked: Asked, to: Send) -> int:
    found = store.counts(asked.parts.warehouse, asked.state(ExceptionsState, FILTERS).wanted())
    table = Table(
        name="exceptions by rule", columns=BY_RULE, rows=lambda _: ([row[one] for one in BY_RULE] for row in found)
    )
    return asked.send(table, to)


def _by_day(asked: Asked, to: Send) -> int:
    state = asked.state(ExceptionsState, NAMES)
    zone = asked.parts.settings.business_time_zone
    since = datetime.now(zone).date() - timedelta(days=int(state.trend) - 1)
    split: Any = state.split  # Any: one of the names of a split, as the state made sure
    found = store.trend(asked.parts.warehouse, state.wanted(), zone, since, split)
    table = Table(
        name="exceptions by day", columns=BY_DAY, rows=lambda _: ([row[one] for one in BY_DAY] for row in found)
    )
    return asked.send(table, to)


def _conflicts(asked: Asked, to: Send) -> int:
    state = asked.state(ExceptionsState, ("dataset",))
    found = corrections.conflicts(asked.parts.warehouse, str(state.dataset))
    table = Table(
        name="corrections that did not follow",
        columns=CONFLICT,
        rows=lambda _: ([row[one] for one in CONFLICT] for row in found),
    )
    return asked.send(table, to)


TABLES: dict[tuple[str, str], Make] = {
    ("exceptions", "rows"): _rows,
    ("exceptions", "by_rule"): _by_rule,
    ("exceptions", "by_day"): _by_day,
    ("exceptions", "conflicts"): _conflicts,
}
