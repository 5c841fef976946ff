"""The charts of the sales page; a click on a bar chooses it, a second one takes the choice back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from panel.viewable import Viewable

from dashboard import formats
from dashboard.charts.bar import bars
from dashboard.charts.line import MEAN_FROM_DAYS, line, upright_bars
from dashboard.charts.picture import Picture
from dashboard.formats import escaped
from dashboard.pages.sales.filters import MEASURES
from dashboard.pages.sales.links import rows_link
from dashboard.pages.sales.period import is_month, month_of
from dashboard.parts.charted import Charted
from dashboard.parts.exported import csv_url
from dashboard.parts.layout import side_by_side, stack
from dashboard.parts.table import Column, Row
from dashboard.state.sales import SalesState
from dashboard.store import sales as store
from dashboard.store.remembered import remembered
from dashboard.store.sales import By, Filter

if TYPE_CHECKING:
    from dashboard.visit import Visit

NOTHING = ("No orders here", 'Choose less above, or <a href="/upload">upload a file</a>.')
TITLES: dict[By, str] = {
    "region": "Which regions sell most?",
    "category": "Which categories?",
    "product": "Which products?",
    "month": "How did it go by month?",
    "day": "And by day?",
}
UNITS = {"revenue_inr": "INR", "orders": "orders", "units": "units"}
BARS: tuple[By, ...] = ("region", "category", "product")
TALL_PX = 480
"""Height of the months where nothing taller stands beside them."""


class Charts:
    """One card per way to look at sales.

    Attributes:
        view: The cards.
    """

    def __init__(self, visit: Visit, state: SalesState) -> None:
        self._visit, self._state = visit, state
        cards = {by: Charted(title, nothing=NOTHING, on_click=self._toggling(by)) for by, title in TITLES.items()}
        self._cards: dict[By, Charted] = cards
        self._shown: dict[By, object] = {}
        self.view: Viewable = stack(
            side_by_side(cards["region"], cards["category"]),
            side_by_side(cards["month"], cards["product"]),
            cards["day"],
        )

    def refresh(self) -> None:
        """Show what is chosen; a chart whose rows and choice are the same stays as it is."""
        measure = self._state.measure
        for by in TITLES:
            scope = self._scope(by)
            rows = remembered(store.sold_by, self._visit.parts.warehouse, scope, by)
            now = (rows, measure, self._chosen(by), scope)
            if self._shown.get(by) != now:
                self._shown[by] = now
                self._cards[by].tell(
                    self._picture(by, rows, measure),
                    rows,
                    self._columns(by, scope, rows),
                    self._says(by, rows),
                    csv_url("sales", by, scope.values),
                )

    def _scope(self, by: By) -> Filter:
        """Return what a chart shows: its own choice stands out in it, every other one filters it."""
        chosen = self._state.chosen()
        if by in BARS:
            return replace(chosen, **{by: ""})  # type: ignore[arg-type]  # one name, one text
        if by == "month" and is_month(chosen.first, chosen.last):
            return replace(chosen, first=None, last=None)
        return chosen

    def _chosen(self, by: By) -> str | date | None:
        if by in BARS:
            return str(getattr(self._state, by))
        is_one = by == "month" and is_month(self._state.first, self._state.last)
        return self._state.first if is_one else None

    def _picture(self, by: By, rows: Sequence[Row], measure: str) -> Picture:
        label = next(name for name, value in MEASURES.items() if value == measure)
        told: dict[str, Any] = {"x": "value", "y": measure, "unit": UNITS[measure], "label": label}
        chosen = self._chosen(by)
        if by in BARS:
            return bars(rows, **told, chosen=str(chosen), at_least_px=self._cards[by].height_px)
        if by == "month":
            tall = max(TALL_PX, self._cards["product"].height_px)
            return upright_bars(rows, **told, chosen=chosen if isinstance(chosen, date) else None, height_px=tall)
        return line(rows, **told)

    def _says(self, by: By, rows: Sequence[Row]) -> str:
        chosen = self._chosen(by)
        if not chosen:
            is_long = by == "day" and rows and (rows[-1]["value"] - rows[0]["value"]).days >= MEAN_FROM_DAYS
            return "Single days faint, the mean of seven days bold." if is_long else ""
        told = f"{chosen:%B %Y}" if isinstance(chosen, date) else chosen
        return f"{escaped(told)} is chosen, the others stand beside it. Click it again to take it off."

    def _columns(self, by: By, scope: Filter, rows: Sequence[Row]) -> tuple[Column, ...]:
        whole = sum(row["revenue_inr"] for row in rows)

        def name(row: Row) -> str:
            href = rows_link(self._visit, _narrowed(scope, by, row["value"]))
            return f'<a href="{escaped(href)}">{escaped(_told(by, row["value"]))}</a>'

        return (
            Column(title=by.capitalize(), markup=name),
            Column(title="Revenue", show=lambda row: formats.rupees(row["revenue_inr"]), is_number=True),
            Column(
                title="Share",
                show=lambda row: formats.share(row["revenue_inr"] / whole) if whole else None,
                is_number=True,
            ),
            Column(title="Orders", show=lambda row: formats.count(row["orders"]), is_number=True),
            Column(title="Units", show=lambda row: formats.count(row["units"]), is_number=True),
        )

    def _toggling(self, by: By) -> Callable[[str], None]:
        def toggle(value: str) -> None:
            self._state.param.update(**{by: "" if getattr(self._state, by) == value else value})

        return self._toggle_month if by == "month" else toggle

    def _toggle_month(self, told: str) -> None:
        first, last = month_of(date.fromisoformat(told))
        if (self._state.first, self._state.last) == (first, last):
            self._state.param.update(first=None, last=None)
        else:
            self._state.param.update(first=first, last=last)


def _narrowed(scope: Filter, by: By, value: Any) -> Filter:  # Any: a text or a day
    """Return a filter for one mark of a chart."""
    if by == "day":
        return replace(scope, first=value, last=value)
    if by == "month":
        first, last = month_of(value)
        return replace(scope, first=max(first, scope.first or first), last=min(last, scope.last or last))
    return replace(scope, **{by: value})


def _told(by: By, value: Any) -> str:  # Any: as above
    return f"{value:%B %Y}" if by == "month" else formats.day(value) if by == "day" else str(value)
