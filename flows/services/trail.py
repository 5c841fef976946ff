"""The audit trail as people read it: newest first, filtered, page by page, however long it is."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import sql

from flows.adapters.warehouse import Warehouse
from sql import query

Row = dict[str, Any]
STRETCH = 50_000
"""Events that are searched for a text at once; a text has no index."""
PATIENCE_S = 2.0
"""How long a text is searched before the person is asked whether to go on."""
COLUMNS = ("event_id", "occurred_at", "event", "actor", "run_id", "file_id", "counts", "details")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which events a person wants to see; what is empty does not matter.

    Attributes:
        begin: From this moment on.
        end: Before this moment.
        text: A part of actor, event, counts or details, in any case.
    """

    run_id: UUID | None = None
    actor: str = ""
    event: str = ""
    begin: datetime | None = None
    end: datetime | None = None
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A page of events.

    Attributes:
        before: Where the next page begins; None at the end of the trail.
        searched: Events that were looked through for a text.
        searched_to: Time of the oldest of them, where the search stopped before the page was full.
    """

    events: tuple[Row, ...]
    before: int | None
    searched: int = 0
    searched_to: datetime | None = None


def events(warehouse: Warehouse, wanted: Wanted, before: int | None = None, limit: int = 50) -> Found:
    """Return a page of events, newest first, that begins after the event `before`."""
    if wanted.text:
        return _searched(warehouse, wanted, before, limit)
    rows = _stretch(warehouse, wanted, before, limit + 1)
    return Found(events=tuple(rows[:limit]), before=rows[limit - 1]["event_id"] if len(rows) > limit else None)


def count_up_to(warehouse: Warehouse, wanted: Wanted, most: int) -> int | None:
    """Return how many events are wanted; None where there are more than `most`."""
    some = sql.SQL("select count(*) as events from ({} limit {}) as s").format(selection(wanted), sql.Literal(most + 1))
    with warehouse.transaction() as connection:
        row = connection.execute(some).fetchone()
    assert row is not None
    return None if row["events"] > most else int(row["events"])


def choices(warehouse: Warehouse) -> tuple[list[str], list[str]]:
    """Return every event and every actor that the trail knows; the index is skipped through, not read."""
    rows = warehouse.rows(query("platform", "audit_choices"))
    told: dict[str, list[str]] = {"event": [], "actor": []}
    for row in rows:
        told[row["what"]].append(row["name"])
    return told["event"], told["actor"]


def selection(wanted: Wanted, *, before: int | None = None) -> sql.Composed:
    """Return the statement of all events that are wanted, newest first, with its values in it."""
    conditions = list(_conditions(wanted))
    if before is not None:
        conditions.append(
            sql.SQL(
                "(occurred_at, event_id) < (select b.occurred_at, b.event_id from platform.audit_event as b "
                "where b.event_id = {})"
            ).format(sql.Literal(before))
        )
    return sql.SQL("select {} from platform.audit_event where {} order by occurred_at desc, event_id desc").format(
        sql.SQL(", ").join(map(sql.Identifier, COLUMNS)), sql.SQL(" and ").join([*conditions, sql.SQL("true")])
    )


def _conditions(wanted: Wanted) -> Iterator[sql.Composable]:
    told = {
        "run_id = {}": wanted.run_id,
        "actor = {}": wanted.actor,
        "event = {}": wanted.event,
        "occurred_at >= {}": wanted.begin,
        "occurred_at < {}": wanted.end,
        f"{_SAID} ilike {{}}": f"%{_as_it_stands(wanted.text)}%" if wanted.text else None,
    }
    for condition, value in told.items():
        if value:
            yield sql.SQL(condition).format(sql.Literal(value))


_SAID = "concat_ws(' ', actor, event, counts, details)"


def _searched(warehouse: Warehouse, wanted: Wanted, before: int | None, limit: int) -> Found:
    """Look through the trail for a text, stretch by stretch, until the page is full or patience ends."""
    stops = time.monotonic() + PATIENCE_S
    found: list[Row] = []
    searched = 0
    while True:
        ends, seen = _end_of_stretch(warehouse, replace(wanted, text=""), before)
        if ends is None:
            return Found(events=tuple(found), before=None, searched=searched)
        rows = _stretch(warehouse, wanted, before, limit + 1 - len(found), until=ends)
        found += rows
        searched += seen
        if len(found) > limit:
            return Found(events=tuple(found[:limit]), before=found[limit - 1]["event_id"], searched=searched)
        before = ends["event_id"]
        if seen < STRETCH:
            return Found(events=tuple(found), before=None, searched=searched)
        if time.monotonic() > stops:
            return Found(events=tuple(found), before=before, searched=searched, searched_to=ends["occurred_at"])


def _end_of_stretch(warehouse: Warehouse, wanted: Wanted, before: int | None) -> tuple[Row | None, int]:
    """Return the oldest event of the next stretch and how many it has."""
    statement = sql.SQL(
        "select count(*) as events, min(occurred_at) as occurred_at, (array_agg(event_id order by number desc))[1] "
        "as event_id from (select event_id, occurred_at, row_number() over () as number from ({} limit {}) as s) as n"
    ).format(selection(wanted, before=before), sql.Literal(STRETCH))
    with warehouse.transaction() as connection:
        row = connection.execute(statement).fetchone()
    assert row is not None
    return (row if row["events"] else None), row["events"]


def _stretch(
    warehouse: Warehouse, wanted: Wanted, before: int | None, limit: int, until: Row | None = None
) -> list[Row]:
    chosen = selection(wanted, before=before)
    if until is not None:
        chosen = sql.SQL("select * from ({}) as s where (occurred_at, event_id) >= ({}, {})").format(
            chosen, sql.Literal(until["occurred_at"]), sql.Literal(until["event_id"])
        )
    with warehouse.transaction() as connection:
        return list(connection.execute(sql.SQL("{} limit {}").format(chosen, sql.Literal(limit))).fetchall())


def _as_it_stands(text: str) -> str:
    """Return a text for `like` in which nothing is a wildcard."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
