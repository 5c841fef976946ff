"""How the backlog moves: rows held and closed by day, or rows held by category or by rule."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import panel_material_ui as pmui
from panel.viewable import Viewable

from dashboard import formats
from dashboard.address import chosen
from dashboard.charts.flow import flow
from dashboard.formats import escaped
from dashboard.pages.exceptions.words import in_words
from dashboard.parts.charted import Charted
from dashboard.parts.exported import csv_url
from dashboard.parts.filters import choice
from dashboard.parts.table import Column, Row
from dashboard.state.exceptions import FILTERS, ExceptionsState
from dashboard.store import exceptions as store
from dashboard.store.remembered import remembered
from dashboard.theme import SERIES
from flows.services.queries import Wanted

if TYPE_CHECKING:
    from dashboard.visit import Visit

HELD, CLOSED = SERIES[2], SERIES[1]
MOST = len(SERIES) - 1
PERIODS = {"30 days": "30", "90 days": "90", "a year": "365"}
SPLITS = {"held and closed": "", "held by category": "category", "held by rule": "rule"}
NOTHING = ("No row was held or closed in this time", "Choose a longer time, or less above.")


class Trend:
    """The chart of the inbox; it obeys every filter but the state."""

    def __init__(self, visit: Visit, state: ExceptionsState) -> None:
        self._visit, self._state = visit, state
        self._card = Charted("How does the backlog move?", nothing=NOTHING, controls=[self._choices()])
        self._shown: object = None

    def view(self) -> Viewable:
        """Return the card."""
        return self._card

    def _choices(self) -> Viewable:
        choices: list[Any] = [
            choice(self._state, "split", "Show", SPLITS), choice(self._state, "trend", "Of the last", PERIODS)
        ]  # fmt: skip
        return pmui.Row(*choices, margin=0, sizing_mode="stretch_width", sx={"gap": 1})

    def show(self, wanted: Wanted) -> None:
        """Ask the database again, unless nothing changed."""
        zone = self._visit.parts.settings.business_time_zone
        last = datetime.now(zone).date()
        first = last - timedelta(days=int(str(self._state.trend)) - 1)
        split = str(self._state.split)
        rows = remembered(store.trend, self._visit.parts.warehouse, wanted, zone, first, split)
        now = (rows, first, last)
        if self._shown == now:
            return
        self._shown = now
        bars, key = _by_name(rows) if split else _both(rows)
        self._card.tell(
            flow(bars, first=first, last=last, label="rows"),
            rows,
            _columns(bool(split)),
            says=key,
            export=csv_url("exceptions", "by_day", chosen(self._state, (*FILTERS, "trend", "split"))),
        )


def _both(rows: Sequence[Row]) -> tuple[list[dict[str, Any]], str]:
    """Return bars of what was held upwards and what was closed downwards, and their key."""
    bars = [_bar(row["day"], "Held", row["opened"], HELD) for row in rows]
    bars += [_bar(row["day"], "Closed", -row["closed"], CLOSED) for row in rows]
    opened, closed = (sum(row[name] for row in rows) for name in ("opened", "closed"))
    return bars, _key([("held", HELD, opened), ("closed, below the line", CLOSED, closed)])


def _by_name(rows: Sequence[Row]) -> tuple[list[dict[str, Any]], str]:
    """Return bars of what was held, piled up by name, the most frequent at the bottom, and their key."""
    totals: dict[str, int] = {}
    for row in rows:
        totals[row["name"]] = totals.get(row["name"], 0) + row["opened"]
    names = sorted(totals, key=lambda name: -totals[name])
    place = {name: min(number, MOST) for number, name in enumerate(names)}
    bars = [
        _bar(row["day"], in_words(row["name"]), row["opened"], SERIES[place[row["name"]]])
        for row in sorted(rows, key=lambda row: place[row["name"]])
    ]
    told = [(in_words(name), SERIES[place[name]], totals[name]) for name in names[:MOST]]
    rest = sum(totals[name] for name in names[MOST:])
    return bars, _key([*told, ("others", SERIES[MOST], rest)] if rest else told)


def _bar(day: date, name: str, number: int, colour: str) -> dict[str, Any]:
    return {"day": day, "name": name, "number": number, "colour": colour}


def _key(told: Sequence[tuple[str, str, int]]) -> str:
    """Return the names of the colours with their sums."""
    return " ".join(
        f'<span class="q-swatch"><i style="background:{colour}"></i>{escaped(name)} '
        f"<b>{formats.count(number)}</b></span>"
        for name, colour, number in told
    )


def _columns(is_split: bool) -> tuple[Column, ...]:
    name = (Column(title="Reason", show=lambda row: in_words(row["name"])),) if is_split else ()
    return (
        Column(title="Day", show=lambda row: formats.day(row["day"])),
        *name,
        Column(title="Held", show=lambda row: formats.count(row["opened"]), is_number=True),
        Column(title="Closed", show=lambda row: formats.count(row["closed"]), is_number=True),
    )
