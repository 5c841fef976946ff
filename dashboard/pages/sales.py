"""Sales: the figures of a period beside the period before, by region, category, product, day and month."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

import panel as pn
import panel_material_ui as pmui
from panel.viewable import Viewable

from dashboard import formats
from dashboard.charts.bar import bar
from dashboard.charts.line import line
from dashboard.charts.spark import spark
from dashboard.page import Page
from dashboard.parts.card import card, glass
from dashboard.parts.layout import place, side_by_side, stack, tiles
from dashboard.parts.text import empty
from dashboard.parts.tile import show, tile, tile_markup
from dashboard.state.sales import NAMES, SalesState
from dashboard.store import sales as store
from dashboard.store.sales import By, Filter

if TYPE_CHECKING:
    from dashboard.visit import Visit

FIGURES: tuple[tuple[str, str, Callable[[Any], str]], ...] = (
    ("revenue_inr", "Total revenue", formats.rupees),
    ("orders", "Orders", formats.count),
    ("average_order_value_inr", "Average order value", formats.rupees),
    ("active_products", "Active products", formats.count),
    ("units", "Units", formats.count),
)
MEASURES = {"Revenue": "revenue_inr", "Orders": "orders", "Units": "units"}
UNITS = {"revenue_inr": "INR", "orders": "orders", "units": "units"}
CHARTS: tuple[tuple[By, str], ...] = (
    ("region", "Which regions sell most?"),
    ("category", "Which categories?"),
    ("product", "Which products?"),
    ("month", "And by month?"),
    ("day", "How did it go by day?"),
)


class Sales:
    """The parts of the page."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self.state = SalesState()
        visit.sync(self.state, *NAMES)
        self._tiles = [tile("", "") for _ in range(len(FIGURES) + 1)]
        self._places: dict[By, pn.Column] = {by: place() for by, _ in CHARTS}
        self._filters = self._make_filters()
        self.refresh()
        self.state.param.watch(lambda *_: self.refresh(), [name for name in NAMES if name != "measure"])
        self.state.param.watch(lambda *_: self._draw(), "measure")

    def view(self) -> Viewable:
        """Return the page."""
        titles = dict(CHARTS)
        cards = {by: card(titles[by], self._places[by]) for by in titles}
        return stack(
            self._filters,
            tiles(*self._tiles, narrowest="18rem"),
            side_by_side(cards["region"], cards["category"]),
            side_by_side(cards["product"], cards["month"]),
            cards["day"],
        )

    def refresh(self) -> None:
        """Ask the database again, with what is chosen."""
        warehouse, chosen = self._visit.parts.warehouse, self._chosen()
        now = store.figures(warehouse, chosen)
        self._rows = {by: store.sold_by(warehouse, chosen, by) for by, _ in CHARTS}
        html = [self._figure(now, *figure) for figure in FIGURES]
        for one, told in zip(self._tiles, [*html, self._waiting()], strict=True):
            show(one, told)
        self._draw()

    def _chosen(self) -> Filter:
        state = self.state
        has_period = state.first is not None and state.last is not None
        return Filter(
            first=state.first if has_period else None,
            last=state.last if has_period else None,
            region=state.region,
            category=state.category,
            product=state.product,
        )

    def _figure(self, now: dict[str, Any], name: str, label: str, told: Callable[[Any], str]) -> str:
        before = now.get(f"{name}_before")
        is_period = self._chosen().first is not None
        rose = before is not None and now[name] is not None and now[name] >= before
        note = f"{told(before)} in the period before" if is_period else "all days; choose a period to compare"
        return tile_markup(
            label,
            told(now[name]),
            note=note,
            href=self._rows_link(),
            change=(formats.change(now[name], before), "good" if rose else "bad") if is_period and before else None,
            extra=spark([row[name] for row in self._rows["month"]], f"{label} by month"),
        )

    def _waiting(self) -> str:
        amount, holding, without = store.waiting(self._visit.parts.warehouse)
        return tile_markup(
            "Revenue waiting in exceptions",
            formats.rupees(amount),
            note=f"in {formats.count(holding)} held rows; {formats.count(without)} more have no such value. "
            "All of them, whatever is chosen here",
            href=self._visit.link("exceptions", dataset="sales_orders", state="OPEN"),
        )

    def _rows_link(self) -> str:
        chosen = self._chosen()
        days = f"{chosen.first}..{chosen.last}" if chosen.first else ""
        return self._visit.link(
            "grid", dataset="sales_orders", region=chosen.region, product=chosen.product, ordered_on=days
        )

    def _draw(self) -> None:
        measure = self.state.measure
        label = next(name for name, value in MEASURES.items() if value == measure)
        for by, shown in self._places.items():
            rows = self._rows[by]
            if not rows:
                shown[:] = [empty("No orders here", 'Choose less, or <a href="/upload">upload a file</a>.')]
            elif by in ("day", "month"):
                shown[:] = [line(rows, x="value", y=measure, unit=UNITS[measure], label=label)]
            else:
                shown[:] = [
                    bar(rows, x="value", y=measure, unit=UNITS[measure], label=label, on_click=self._toggle(by))
                ]

    def _toggle(self, by: By) -> Callable[[str], None]:
        def toggle(value: str) -> None:
            self.state.param.update(**{by: "" if getattr(self.state, by) == value else value})

        return toggle

    def _make_filters(self) -> Viewable:
        there = store.choices(self._visit.parts.warehouse)
        selects = [
            self._select("region", "Region", there["regions"]),
            self._select("category", "Category", there["categories"]),
            self._select("product", "Product", there["products"]),
        ]
        days = [self._day("first", "From", there), self._day("last", "To", there)]
        clear = pmui.Button(label="Show everything", variant="outlined", margin=0)
        clear.on_click(lambda _: self._clear())
        measure = pmui.RadioButtonGroup(
            options=MEASURES, value=self.state.measure, label="Measure of the charts", margin=0, size="small"
        )
        measure.param.watch(lambda event: self.state.param.update(measure=event.new), "value")
        row = pmui.Row(
            *days,
            *selects,
            measure,
            clear,
            margin=0,
            sizing_mode="stretch_width",
            sx={"flexWrap": "wrap", "gap": 1.5, "p": 2, "alignItems": "center"},
        )
        return glass(row)

    def _select(self, name: str, label: str, values: list[str]) -> Viewable:
        options = {"All": ""} | {value: value for value in values}
        widget = pmui.Select(
            label=label, options=options, value=self._known(name, values), width=170, margin=0, size="small"
        )
        widget.param.watch(lambda event: self.state.param.update(**{name: event.new}), "value")
        self.state.param.watch(lambda _: widget.param.update(value=self._known(name, values)), name)
        return widget

    def _known(self, name: str, values: list[str]) -> str:
        value = str(getattr(self.state, name))
        return value if value in values else ""

    def _day(self, name: str, label: str, there: dict[str, Any]) -> Viewable:
        widget = pmui.DatePicker(
            label=label,
            value=getattr(self.state, name),
            start=there["first_ordered_on"],
            end=there["last_ordered_on"],
            width=178,
            margin=0,
            size="small",
            clearable=True,
        )
        widget.param.watch(lambda event: self._set_day(name, event.new, there), "value")
        self.state.param.watch(lambda event: widget.param.update(value=event.new), name)
        return widget

    def _set_day(self, name: str, value: date | None, there: dict[str, Any]) -> None:
        """Take a day; a period has two, so that the other one begins or ends where the data does."""
        days = {"first": self.state.first, "last": self.state.last, name: value}
        if value is None:
            days = {"first": None, "last": None}
        days["first"] = days["first"] or (there["first_ordered_on"] if value else None)
        days["last"] = days["last"] or (there["last_ordered_on"] if value else None)
        self.state.param.update(**days)

    def _clear(self) -> None:
        self.state.param.update(first=None, last=None, region="", category="", product="")


def build(visit: Visit) -> Viewable:
    """Return the page of a session."""
    sales = Sales(visit)
    visit.on_change("sales", sales.refresh)
    return sales.view()


PAGE = Page(
    name="sales",
    title="Sales",
    icon="show_chart",
    says="What was sold, and what still waits. Click a bar to look at it alone, a figure to see its rows.",
    build=build,
)
