"""The figures of the sales page, each with its change against the period before and a sparkline."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from panel.viewable import Viewable

from dashboard import formats
from dashboard.charts.spark import spark
from dashboard.formats import escaped
from dashboard.pages.sales.links import rows_link, waiting_link
from dashboard.pages.sales.period import days_between, latest_day, whole_months_between
from dashboard.parts.exported import csv_link, csv_url
from dashboard.parts.layout import stack, tiles
from dashboard.parts.text import markup
from dashboard.parts.tile import show, tile, tile_markup
from dashboard.store import sales as store
from dashboard.store.remembered import remembered
from dashboard.store.sales import By, Filter
from flows.core.held import NO, PERHAPS, YES

if TYPE_CHECKING:
    from dashboard.visit import Visit

FIGURES: tuple[tuple[str, str, Callable[[Any], str]], ...] = (
    ("revenue_inr", "Total revenue", formats.rupees),
    ("orders", "Orders", formats.count),
    ("average_order_value_inr", "Average order value", formats.rupees),
    ("active_products", "Active products", formats.count),
    ("units", "Units", formats.count),
)
LATEST_DAYS = 30
"""What is compared where a person looks at all days: the latest days and as many before."""
DAILY_UP_TO = 92
"""Days up to which a sparkline shows days; beyond, months."""
MONTHS_UP_TO = 60
"""Months of a sparkline; of more, the latest ones: a mistyped year must not press all others into one stroke."""
NOTHING_SOLD = dict[str, int | None].fromkeys((name for name, *_ in FIGURES), 0) | {"average_order_value_inr": None}
"""A day or month without orders; what an order was worth on average has no value then."""


class Tiles:
    """Revenue and what waits, then the other figures.

    Attributes:
        view: The tiles.
    """

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._tiles = [tile("", "") for _ in FIGURES]
        self._waiting = tile("", "")
        revenue, *others = self._tiles
        self._export = markup("")
        self.view: Viewable = stack(
            tiles(revenue, self._waiting, narrowest="20rem"), tiles(*others, narrowest="11rem"), self._export
        )

    def refresh(self, chosen: Filter) -> None:
        """Show the figures of what is chosen."""
        warehouse = self._visit.parts.warehouse
        now = remembered(store.figures, warehouse, chosen)
        compared, says = self._compared(chosen, now)
        trend = self._trend(chosen, now)
        for one, figure in zip(self._tiles, FIGURES, strict=True):
            show(one, self._figure(chosen, now, compared, says, trend, *figure))
        show(self._waiting, self._waits(chosen, now))
        told = len(FIGURES) + 1  # what waits is one more
        self._export.object = csv_link(csv_url("sales", "figures", chosen.values), told, "figures")

    def _trend(self, chosen: Filter, now: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the figures by day, or by month without the ones that are there in part only; none is left out."""
        there = remembered(store.choices, self._visit.parts.warehouse)
        first, last = chosen.first or now["first_ordered_on"], self._latest_day(there)
        if first is None or last is None:
            return []
        last = min(last, chosen.last or last)
        if 0 < chosen.days <= DAILY_UP_TO:
            return self._sold_on(days_between(first, last), chosen, "day")
        return self._sold_on(whole_months_between(first, last, MONTHS_UP_TO), chosen, "month")

    def _sold_on(self, days: list[date], chosen: Filter, by: By) -> list[dict[str, Any]]:
        rows = remembered(store.sold_by, self._visit.parts.warehouse, chosen, by)
        found = {row["value"]: row for row in rows}
        return [found.get(day, NOTHING_SOLD) for day in days]

    def _compared(self, chosen: Filter, now: dict[str, Any]) -> tuple[dict[str, Any], str]:
        """Return the figures of a period beside those of the one before, and how the two are called."""
        if chosen.days:
            return now, "the day before" if chosen.days == 1 else f"the {chosen.days} days before"
        last = self._latest_day(now)
        if last is None:
            return now, ""
        first = last - timedelta(days=LATEST_DAYS - 1)
        latest = Filter(first=first, last=last, region=chosen.region, category=chosen.category, product=chosen.product)
        compared = remembered(store.figures, self._visit.parts.warehouse, latest)
        return compared, f"the {LATEST_DAYS} days before"

    def _latest_day(self, now: dict[str, Any]) -> date | None:
        first, last = now["first_ordered_on"], now["last_ordered_on"]
        return None if last is None else latest_day(first, last, self._visit.today())

    def _figure(
        self,
        chosen: Filter,
        now: dict[str, Any],
        compared: dict[str, Any],
        says: str,
        trend: list[dict[str, Any]],
        name: str,
        label: str,
        told: Callable[[Any], str],
    ) -> str:
        before, after = compared.get(f"{name}_before"), compared[name]
        note = f"{told(before)} in {says}" if before is not None else f"no orders in {says}" if says else "no orders"
        if not chosen.days and says:
            note = f"last {LATEST_DAYS} days: {told(after)}; {note}"
        by = "day" if 0 < chosen.days <= DAILY_UP_TO else "whole month"
        return tile_markup(
            label,
            told(now[name]),
            note=note,
            href=rows_link(self._visit, chosen),
            change=_change(after, before),
            extra=spark([row[name] for row in trend], f"{label} by {by}"),
        )

    def _waits(self, chosen: Filter, now: dict[str, Any]) -> str:
        waits = remembered(store.waiting, self._visit.parts.warehouse, chosen)
        amount = waits["revenue_waiting_inr"]
        whole = amount + now["revenue_inr"]
        part = formats.share(amount / whole) if whole else formats.NOTHING
        return tile_markup(
            "Revenue waiting in exceptions",
            formats.rupees(amount),
            note=f"in {formats.many(waits['open_exceptions_with_waiting_revenue'], 'held row')}",
            href=waiting_link(self._visit, chosen, YES),
            change=(f"{part} of loaded and waiting", "held" if amount else "good"),
            extra=f'<span class="q-note">{self._beside(chosen, waits)}</span>',
        )

    def _beside(self, chosen: Filter, waits: dict[str, Any]) -> str:
        """Return what else is open, each number with the way to its rows."""

        def rows(number: int, told: str, which: str) -> str:
            return f'<a href="{escaped(waiting_link(self._visit, chosen, which))}">{told}</a>' if number else told

        without, perhaps = waits["open_exceptions_without"], waits["open_exceptions_perhaps"]
        told = f"{rows(without, f'{formats.count(without)} more', NO)} open without such a value"
        if perhaps:
            told += (
                f". {formats.rupees(waits['revenue_perhaps_inr'])} more in "
                f"{rows(perhaps, formats.many(perhaps, 'row'), PERHAPS)} may belong here: the day, region or product "
                "can't be read"
            )
        return told


def _change(now: Any, before: Any) -> tuple[str, str] | None:  # Any: amounts and counts
    told = formats.change(now, before)
    if told == formats.NOTHING:
        return None
    arrow = "▲" if now > before else "▼" if now < before else "■"
    return f"{arrow} {told}", "good" if now > before else "bad" if now < before else "neutral"
