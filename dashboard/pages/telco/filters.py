"""The controls of the telco page: a snapshot, or what all snapshots have in common."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import panel_material_ui as pmui

from dashboard import formats
from dashboard.pages.telco.texts import area_of, line_of
from dashboard.parts.filters import choice, everything, filter_bar, offer
from dashboard.state.telco import FILTERS, TelcoState
from dashboard.store import telco as store
from dashboard.store.remembered import remembered

if TYPE_CHECKING:
    from dashboard.visit import Visit

LABELS = {
    "operator": "Operator",
    "city": "City",
    "line_of_service": "Line of service",
    "area": "Area",
    "price_tier": "Price tier",
    "validity_group": "Validity",
    "package_type": "Type",
}
LATEST = "Latest of each"


class Filters:
    """One list per way to choose.

    Attributes:
        view: The bar.
    """

    def __init__(self, visit: Visit, state: TelcoState) -> None:
        self._visit, self._state = visit, state
        self._choices = {name: choice(state, name, label, everything(())) for name, label in LABELS.items()}
        self._days = pmui.Select(
            label="Snapshot of", options=[LATEST], sizing_mode="stretch_width", margin=0, size="small"
        )
        self._days.param.watch(lambda event: self._take_day(event.new), "value")
        clear = pmui.Button(label="Show everything", variant="text", size="small", icon="filter_alt_off", margin=0)
        clear.on_click(lambda _: self._clear())
        operator, city, line, *others = self._choices.values()
        self.view = filter_bar(operator, city, line, self._days, *others, actions=[clear], narrowest="max(9.5rem, 22%)")

    def refresh(self) -> None:
        """Offer what there is to choose now; days of the operator, city and line of service that are chosen."""
        warehouse, state = self._visit.parts.warehouse, self._state
        there, told = remembered(store.choices, warehouse), remembered(store.snapshots, warehouse)
        areas = {"All": ""} | {area_of(area): area for area in there["areas"]}
        lines = {"All": ""} | {line_of(line): line for line in sorted({row["line_of_service"] for row in told})}
        options = {
            "operator": everything(sorted({row["operator"] for row in told})),
            "city": everything(sorted({row["city"] for row in told})),
            "line_of_service": lines,
            "area": areas,
            "price_tier": everything(there["price_tiers"]),
            "validity_group": everything(there["validity_groups"]),
            "package_type": everything(there["package_types"]),
        }
        for name, widget in self._choices.items():
            offer(widget, options[name], getattr(state, name))
        days = {
            row["file_date"]
            for row in told
            if all(getattr(state, name) in ("", row[name]) for name in ("operator", "city", "line_of_service"))
        }
        self._show_days(days | ({state.file_date} if state.file_date else set()))

    def _show_days(self, days: set[date]) -> None:
        told = {LATEST: ""} | {formats.day(day): day.isoformat() for day in sorted(days, reverse=True)}
        offer(self._days, told, self._state.file_date.isoformat() if self._state.file_date else "")

    def _take_day(self, told: str | None) -> None:
        is_day = told not in (None, "", LATEST)
        self._state.file_date = date.fromisoformat(str(told)) if is_day else None

    def _clear(self) -> None:
        self._state.param.update(**{name: None if name == "file_date" else "" for name in FILTERS})
