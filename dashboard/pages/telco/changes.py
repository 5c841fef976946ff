"""What changed between two snapshots of the same operator, city and line of service."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import panel_material_ui as pmui

from dashboard import formats
from dashboard.pages.telco.texts import line_of
from dashboard.parts.card import card
from dashboard.parts.exported import csv_link, csv_url
from dashboard.parts.filters import offer
from dashboard.parts.layout import place, tiles
from dashboard.parts.table import Column, Row, table_markup
from dashboard.parts.text import chip, empty, markup
from dashboard.state.telco import SEPARATOR, TelcoState
from dashboard.store import telco as store
from dashboard.store.remembered import remembered

if TYPE_CHECKING:
    from dashboard.visit import Visit

MEANINGS = {"new": "accent", "gone": "neutral", "dearer": "bad", "cheaper": "good"}
SHOWN = 200
"""Rows of the table; more are counted only."""
ALL = "Every change"


class Changes:
    """Two days to choose, and the packages that differ.

    Attributes:
        view: The card.
    """

    def __init__(self, visit: Visit, state: TelcoState) -> None:
        self._visit, self._state = visit, state
        self._is_offering = False
        self._series = self._select("series", "Operator, city, line of service")
        self._before, self._after = self._select("before", "Before"), self._select("after", "After")
        self._kind = self._select("kind", "Show")
        self._told = markup("")
        # A grid can't be made invisible: its style says how it is displayed. The place around it can.
        self._controls = place(tiles(self._series, self._before, self._after, self._kind, narrowest="11rem"))
        self._empty = empty(
            "No second snapshot yet",
            "It shows what is new, gone, dearer and cheaper as soon as a file of the same operator, city and line of "
            'service with another date is there. <a href="/upload">Upload one</a>.',
        )
        self.view = card("What changed between two snapshots?", self._controls, self._told, self._empty)

    def refresh(self) -> None:
        """Show the changes of the pair that is chosen, by default the two latest snapshots of the first series."""
        series = self._there()
        self._controls.visible = self._told.visible = bool(series)
        self._empty.visible = not series
        if not series:
            return
        name = self._state.series if self._state.series in series else next(iter(series))
        days = series[name]
        after = self._state.after if self._state.after in days else days[0]
        earlier = [day for day in days if day < after]
        before = self._state.before if self._state.before in days else (earlier or days)[0]
        rows = remembered(store.changes, self._visit.parts.warehouse, self._state.pair(name, before, after))
        self._is_offering = True
        self._offer(series, name, before, after)
        self._is_offering = False
        told = {"series": name, "before": before, "after": after, "kind": self._state.kind}
        html = self._table(rows, csv_url("telco", "changes", told))
        if self._told.object != html:
            self._told.object = html

    def _there(self) -> dict[str, list[date]]:
        """Return the days of each series that has two or more, the newest first."""
        found: dict[str, list[date]] = {}
        for row in remembered(store.snapshots, self._visit.parts.warehouse):
            name = SEPARATOR.join((row["operator"], row["city"], row["line_of_service"]))
            found.setdefault(name, []).append(row["file_date"])
        return {name: days for name, days in found.items() if len(days) > 1}

    def _offer(self, series: dict[str, list[date]], name: str, before: date, after: date) -> None:
        offer(self._series, {_told(one): one for one in series}, name)
        days = {formats.day(day): day.isoformat() for day in series[name]}
        offer(self._before, days, before.isoformat())
        offer(self._after, days, after.isoformat())
        offer(self._kind, {ALL: ""} | {kind.capitalize(): kind for kind in MEANINGS}, self._state.kind)

    def _table(self, rows: Sequence[Row], export: str) -> str:
        counts = {str(row["change"]): row["packages"] for row in rows}
        chips = " ".join(chip(f"{counts.get(kind, 0)} {kind}", meaning) for kind, meaning in MEANINGS.items())
        chosen = [row for row in rows if self._state.kind in ("", row["change"])]
        more = f"{formats.count(len(chosen) - SHOWN)} more are not shown. " if len(chosen) > SHOWN else ""
        if not chosen:
            return f"<p>{chips}</p><p>No package differs.</p>"
        table = table_markup(chosen[:SHOWN], COLUMNS, caption=CAPTION)
        foot = f"<p>{more}{csv_link(export, len(chosen), 'changes')}</p>"
        return f'<p>{chips}</p><div class="q-tall">{table}</div>{foot}'

    def _select(self, name: str, label: str) -> pmui.Select:
        widget = pmui.Select(label=label, options=[], sizing_mode="stretch_width", margin=0, size="small")
        widget.param.watch(lambda event: self._take(name, event.new), "value")
        return widget

    def _take(self, name: str, told: str | None) -> None:
        """Take what a person chose; another series begins with its own days."""
        if self._is_offering or told is None or told == self._shown(name):
            return
        if name == "series":
            self._state.param.update(series=told, before=None, after=None)
        else:
            value = date.fromisoformat(told) if name in ("before", "after") else told
            self._state.param.update(**{name: value})

    def _shown(self, name: str) -> str:
        value = getattr(self._state, name)
        return value.isoformat() if isinstance(value, date) else str(value or "")


CAPTION = "Packages that differ, the largest change of price first"
COLUMNS = (
    Column(title="Change", markup=lambda row: chip(row["change"], MEANINGS[row["change"]])),
    Column(title="Package", show=lambda row: row["package_name"]),
    Column(title="Brand", show=lambda row: row["commercial_name"]),
    Column(title="Before", show=lambda row: formats.rupiah(row["price_before_idr"]), is_number=True),
    Column(title="After", show=lambda row: formats.rupiah(row["price_idr"]), is_number=True),
    Column(title="Change", show=lambda row: formats.change(row["price_idr"], row["price_before_idr"]), is_number=True),
)


def _told(series: str) -> str:
    operator, city, line = series.split(SEPARATOR)
    return f"{operator} {SEPARATOR} {city} {SEPARATOR} {line_of(line)}"
