"""One row: who changed what, with undo, and where it came from down to the raw line."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import panel_material_ui as pmui
from panel.viewable import Viewable

from dashboard import formats
from dashboard.formats import escaped
from dashboard.pages.grid.marks import ACTS, HELD
from dashboard.pages.grid.origin import origin_markup
from dashboard.parts.card import card
from dashboard.parts.layout import side_by_side
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
        self.view: Viewable = side_by_side(
            card("Who changed what", self._history, self._acts), card("Where it comes from", self._origin)
        )
        self.view.visible = False

    def show(self, dataset: Dataset, row: str) -> None:
        """Show a row; nothing where none is chosen."""
        self._shown = (dataset, row)
        self.view.visible = bool(row)
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
        self._show_history(row, found, is_held=bool(held))
        self._origin.object = origin_markup(self._visit, row, origin, held)

    def _show_history(self, row: str, found: list[dict[str, Any]], *, is_held: bool) -> None:
        undone = {one["undoes"] for one in found}
        standing = [one for one in found if one["kind"] not in ("UNDO", HELD) and one["correction_id"] not in undone]
        told = {_told(one): one["correction_id"] for one in reversed(standing)}
        self._acts.visible = bool(told) and self._visit.may(Role.EDITOR)
        self._undo.param.update(options=told, value=next(iter(told.values()), None))
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
        nothing = f"<p>{escaped(row)} stands as its file gave it.</p>"
        table = table_markup(found, columns, caption=f"History of {row}") if found else nothing
        self._history.object = table + (_FINAL if is_held else "")

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
