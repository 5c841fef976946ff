"""One correction for every row of the filter."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import panel_material_ui as pmui
from panel.viewable import Viewable

from dashboard.pages.exceptions.outcome import outcome
from dashboard.parts.card import card
from dashboard.parts.text import markup
from flows.core.errors import QuaysideError
from flows.services import queries, repairs
from flows.services.accounts import Role
from flows.services.queries import Wanted
from flows.services.repairs import Fix, Result

if TYPE_CHECKING:
    from dashboard.visit import Visit


class Bulk:
    """Sets a column, releases or discards all rows of a filter, after a question."""

    def __init__(self, visit: Visit, wanted: Callable[[], Wanted]) -> None:
        self._visit = visit
        self._wanted = wanted
        self._number = 0
        self._rule = ""
        self._told = markup("")
        columns = list(dict.fromkeys(column.name for one in visit.parts.datasets.values() for column in one.columns))
        self._column = pmui.Select(label="Column", options=columns, width=190, margin=0, size="small")
        self._text = pmui.TextInput(label="New text", width=190, margin=0, size="small")
        self._release = pmui.Button(label="Set and release all", variant="contained", margin=0)
        self._discard = pmui.Button(label="Discard all", variant="outlined", color="error", margin=0)
        self._release.on_click(lambda _: self._ask_release())
        self._discard.on_click(lambda _: self._ask_discard())

    def view(self) -> Viewable:
        """Return the card."""
        row = pmui.Row(
            self._column,
            self._text,
            self._release,
            self._discard,
            margin=0,
            sizing_mode="stretch_width",
            sx={"flexWrap": "wrap", "gap": 1.5, "alignItems": "center"},
        )
        return card("All rows of this filter at once", row, self._told)

    def show(self, number: int) -> None:
        """Know how many rows the filter has, and offer the column that its rule is about."""
        self._number = number
        rule = self._wanted().rule
        if rule != self._rule:
            self._rule = rule
            self._column.value = self._column_of(rule) or self._column.value
        may = self._visit.may(Role.STEWARD)
        for button in (self._release, self._discard):
            button.disabled = not may or not number
        if not may:
            self._told.object = '<p class="q-says">Repairing held rows needs the role steward.</p>'

    def _column_of(self, rule: str) -> str:
        """Return the column that a rule is about: most likely the one to be set."""
        rules = (one for dataset in self._visit.parts.datasets.values() for one in dataset.all_rules)
        return next((one.column for one in rules if one.code == rule), "")

    def _ask_release(self) -> None:
        text, column = (self._text.value_input or self._text.value or "").strip(), self._column.value
        if not text:
            self._visit.toast("Write the new text first", "warning")
            return
        self._visit.confirm(
            f"Set {column} for {self._number:,} rows?",
            f"{column} becomes “{text}” in every row of the filter. The rules judge each row again; those that "
            "pass are loaded, the others stay open with what is wrong.",
            lambda _: self._do(self._released, {column: text}),
            yes=f"Set and release {self._number:,}",
        )

    def _ask_discard(self) -> None:
        self._visit.confirm(
            f"Discard {self._number:,} rows?",
            "They stay stored and count as held, and nobody has to look at them again.",
            lambda reason: self._do(lambda fixes: self._discarded(fixes, reason), {}),
            needs_reason=True,
            yes=f"Discard {self._number:,}",
        )

    def _released(self, fixes: list[Fix]) -> list[Result]:
        parts = self._visit.parts
        return repairs.release(parts.warehouse, self._visit.actor, parts.datasets, fixes)

    def _discarded(self, fixes: list[Fix], reason: str) -> list[Result]:
        parts = self._visit.parts
        return repairs.discard(parts.warehouse, self._visit.actor, parts.datasets, fixes, reason=reason)

    def _do(self, act: Callable[[list[Fix]], list[Result]], cells: dict[str, str]) -> None:
        try:
            rows = queries.exceptions(self._visit.parts.warehouse, self._wanted())
        except QuaysideError as error:
            self._visit.toast(str(error), "error")
            return
        fixes = [
            Fix(exception_id=row["exception_id"], attempt=row["attempts"], cells=cells)
            for row in rows
            if row["state"] == "OPEN"
        ]
        self._visit.attempt(lambda: act(fixes), outcome)
