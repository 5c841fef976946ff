"""One row: who changed what, with undo, and where it came from down to the raw line."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import panel_material_ui as pmui

from dashboard import formats
from dashboard.formats import escaped
from dashboard.pages.grid.editing import standing
from dashboard.pages.grid.marks import ACTS, HELD
from dashboard.pages.grid.origin import origin_markup
from dashboard.parts.card import card
from dashboard.parts.exported import csv_link, csv_url
from dashboard.parts.layout import place, side_by_side
from dashboard.parts.table import Column, table_markup
from dashboard.parts.text import markup
from flows.core.dataset import Dataset
from flows.core.errors import QuaysideError
from flows.services import corrections, queries
from flows.services.accounts import Role
from flows.services.held_cells import whole_history

if TYPE_CHECKING:
    from dashboard.visit import Visit

_KINDS = {**ACTS, "UPDATE": "Released row", "CARRIED": "Carried over"}
_FINAL = (
    '<p class="q-note">What was corrected while the row was held is not taken back here: its line broke a rule. '
    "Correct the cell instead.</p>"
)


class Details:
    """History and origin of the chosen row.

    Attributes:
        view: The cards.
    """

    def __init__(self, visit: Visit, changed: Callable[[], None]) -> None:
        self._visit, self._changed = visit, changed
        self._shown: tuple[Dataset, str] | None = None
        self._history, self._origin = markup(""), markup("")
        self._undo = pmui.Select(label="Take back", options={}, sizing_mode="stretch_width", margin=0, size="small")
        self._button = pmui.Button(label="Take it back", variant="outlined", margin=0, icon="undo")
        self._button.on_click(lambda _: self._take_back())
        self._acts = pmui.Row(self._undo, self._button, sizing_mode="stretch_width", margin=0, visible=False)
        self._cards = side_by_side(
            card("Who changed what", self._history, self._acts), card("Where it comes from", self._origin)
        )
        self.view = place()

    def show(self, dataset: Dataset, row: str) -> None:
        """Show a row; nothing where none is chosen."""
        self._shown = (dataset, row)
        self.view[:] = [self._cards] if row else []
        if not row:
            return
        parts = self._visit.parts
        try:
            found = whole_history(parts.warehouse, dataset, row)
            origin = queries.lineage(parts.warehouse, parts.store, dataset, row)
        except QuaysideError as error:
            self._history.object, self._origin.object = f"<p>{escaped(error)}</p>", ""
            self._acts.visible = False
            return
        held = [one for one in found if one["kind"] == HELD]
        self._show_history(dataset, row, found)
        self._origin.object = origin_markup(self._visit, row, origin, held)

    def _show_history(self, dataset: Dataset, row: str, found: list[dict[str, Any]]) -> None:
        told = {_told(one): one["correction_id"] for one in reversed(standing(found))}
        self._acts.visible = bool(told) and self._visit.may(Role.EDITOR)
        self._undo.param.update(options=told, value=next(iter(told.values()), None))
        self._history.object = self._history_markup(dataset, row, found)

    def _history_markup(self, dataset: Dataset, row: str, found: list[dict[str, Any]]) -> str:
        if not found:
            return f"<p>{escaped(row)} stands as its file gave it.</p>"
        zone = self._visit.parts.settings.business_time_zone
        columns = (
            Column(title="When", show=lambda one: formats.moment(one["made_at"], zone)),
            Column(title="Who", show=lambda one: one["made_by"]),
            Column(title="What", show=lambda one: _KINDS[one["kind"]]),
            Column(title="Column", show=lambda one: one["column_name"]),
            Column(title="Old", show=lambda one: one["old_value"]),
            Column(title="New", show=lambda one: one["new_value"]),
            Column(title="Why", show=lambda one: one["reason"]),
        )
        link = csv_link(csv_url("grid", "history", {"dataset": dataset.name, "row": row}), len(found), "changes")
        final = _FINAL if any(one["kind"] == HELD for one in found) else ""
        return f"{table_markup(found, columns, caption=f'History of {row}')}{final}<p>{link}</p>"

    def _take_back(self) -> None:
        shown, number = self._shown, self._undo.value
        if shown is None or not isinstance(number, int):
            return
        visit, (dataset, _) = self._visit, shown
        visit.attempt(
            lambda: corrections.undo(visit.parts.warehouse, visit.actor, dataset, number),
            done=lambda one: f"{one.column} is {one.new_value or 'missing'} again",
        )
        self._changed()


def _told(one: dict[str, Any]) -> str:
    return (
        f"{one['column_name']}: {one['old_value'] or 'nothing'} → {one['new_value'] or 'nothing'} "
        f"by {one['made_by']} (no {one['correction_id']})"
    )
