"""The controls of the sales page."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import panel_material_ui as pmui

from dashboard.pages.sales.period import OWN, periods
from dashboard.parts.filters import choice, day, everything, filter_bar, offer
from dashboard.state.sales import SalesState
from dashboard.store import sales as store
from dashboard.store.remembered import remembered
from flows.services.accounts import Role

if TYPE_CHECKING:
    from dashboard.visit import Visit

MEASURES = {"Revenue": "revenue_inr", "Orders": "orders", "Units": "units"}


class Filters:
    """Period, region, category, product, measure.

    Attributes:
        view: The bar.
    """

    def __init__(self, visit: Visit, state: SalesState) -> None:
        self._visit, self._state = visit, state
        self._period = pmui.Select(label="Period", options=[OWN], sizing_mode="stretch_width", margin=0, size="small")
        self._days = (day(state, "first", "From"), day(state, "last", "To"))
        self._choices = {
            "regions": choice(state, "region", "Region", everything(())),
            "categories": choice(state, "category", "Category", everything(())),
            "products": choice(state, "product", "Product", everything(())),
        }
        self._show_period()
        self._period.param.watch(lambda event: self._take_period(event.new), "value")
        state.param.watch(lambda *_: self._show_period(), ["first", "last"])
        state.param.watch(lambda *_: self._complete_period(), ["first", "last"])
        controls = (self._period, *self._days, *self._choices.values())
        self.view = filter_bar(*controls, actions=[self._measure(), *self._buttons()], narrowest="9.5rem")

    def refresh(self) -> None:
        """Offer what there is to choose now."""
        there = self._there()
        for (name, widget), parameter in zip(self._choices.items(), ("region", "category", "product"), strict=True):
            offer(widget, everything(there[name]), getattr(self._state, parameter))
        self._show_period()

    def _there(self) -> dict[str, Any]:
        return remembered(store.choices, self._visit.parts.warehouse)

    def _periods(self) -> dict[str, tuple[date | None, date | None]]:
        there = self._there()
        return periods(there["first_ordered_on"], there["last_ordered_on"], self._visit.today())

    def _show_period(self) -> None:
        told = self._periods()
        now = (self._state.first, self._state.last)
        name = next((name for name, period in told.items() if period == now), OWN)
        self._period.param.update(options=[*told, OWN], value=name)

    def _take_period(self, name: str) -> None:
        told = self._periods()
        if name in told and told[name] != (self._state.first, self._state.last):
            self._state.param.update(first=told[name][0], last=told[name][1])

    def _complete_period(self) -> None:
        """Give a period with one day the other one: where the data begins or ends."""
        first, last, there = self._state.first, self._state.last, self._there()
        if first is not None and last is None:
            self._state.last = max(first, there["last_ordered_on"] or first)
        elif last is not None and first is None:
            self._state.first = min(last, there["first_ordered_on"] or last)

    def _measure(self) -> pmui.RadioButtonGroup:
        widget = pmui.RadioButtonGroup(
            options=MEASURES, value=self._state.measure, size="small", margin=0, label="", description="Charts show"
        )
        widget.param.watch(lambda event: self._state.param.update(measure=event.new), "value")
        self._state.param.watch(lambda event: widget.param.update(value=event.new), "measure")
        return widget

    def _buttons(self) -> list[pmui.Button]:
        clear = pmui.Button(label="Show everything", variant="text", size="small", icon="filter_alt_off", margin=0)
        clear.on_click(lambda _: self._clear())
        says = "Change the product table" if self._visit.may(Role.STEWARD) else "Product table"
        products = pmui.Button(label=says, variant="text", size="small", icon="category", margin=0)
        products.on_click(lambda _: self._visit.go("products"))
        return [clear, products]

    def _clear(self) -> None:
        self._state.param.update(first=None, last=None, region="", category="", product="")
