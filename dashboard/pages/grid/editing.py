"""A cell on its way into the database: judged by the rules, refused with a reason, or asked about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import panel_material_ui as pmui

from dashboard.formats import escaped
from dashboard.pages.grid.marks import HELD
from dashboard.parts.dialog import dialog
from dashboard.parts.table import Column, table_markup
from dashboard.parts.text import markup
from dashboard.store.grid import Line
from flows.core.dataset import Dataset
from flows.core.errors import ConflictError, MistakeError
from flows.services import corrections
from flows.services.accounts import Role
from flows.services.corrections import Corrected, Edit

if TYPE_CHECKING:
    from dashboard.visit import Visit


class Editing:
    """Writes one cell at a time."""

    def __init__(self, visit: Visit, show: Callable[[str], None]) -> None:
        """Make it.

        Args:
            show: Shows a row as it is stored, whatever the browser shows.
        """
        self._visit, self._show = visit, show

    def write(self, dataset: Dataset, line: Line, column: str, text: str, seen: str | None) -> None:
        """Write a cell of a row that the person sees.

        Args:
            seen: What stood in the cell when they began; None: what stands there now.
        """
        before = line.cells[column] if seen is None else seen
        self._write(dataset, Edit(row=line.name, column=column, text=text, seen=before))

    def take_back(self, dataset: Dataset, line: Line, column: str) -> None:
        """Take back the last correction of a cell that still stands."""
        visit = self._visit

        def undo() -> Corrected:
            found = corrections.history(visit.parts.warehouse, dataset, line.name)
            of_cell = [one for one in standing(found) if dataset.column(one["column_name"]).mart_name == column]
            if not of_cell:
                raise MistakeError(f"{column} of {line.name} stands as its file gave it, or as it was released")
            return corrections.undo(visit.parts.warehouse, visit.actor, dataset, of_cell[-1]["correction_id"])

        visit.attempt(undo, done=lambda one: f"{one.column} is {one.new_value or 'missing'} again")
        self._show(line.name)

    def why_not(self, dataset: Dataset, column: str) -> str:
        """Return why a column can't be edited."""
        if not self._visit.may(Role.EDITOR):
            return f"Cells are corrected by those who have the role {Role.EDITOR}"
        return f"{column.replace('_', ' ').capitalize()} is computed from the other cells of {dataset.title.lower()}"

    def _write(self, dataset: Dataset, edit: Edit) -> None:
        visit = self._visit

        def correct() -> list[Corrected]:
            try:
                return corrections.correct(visit.parts.warehouse, visit.actor, dataset, [edit])
            except ConflictError as error:
                self._ask(dataset, edit, error)
                return []

        visit.attempt(correct, done=_told)
        self._show(edit.row)

    def _ask(self, dataset: Dataset, edit: Edit, error: ConflictError) -> None:
        """Let the person decide between their value and the other one's."""
        when = f" at {error.at:%Y-%m-%d %H:%M} UTC" if error.at else ""
        sides = (
            {"whose": "When you saw it", "value": error.seen},
            {"whose": f"Now, by {error.by}{when}", "value": error.current},
            {"whose": "Yours", "value": edit.text},
        )
        columns = (
            Column(title="Whose", show=lambda row: row["whose"]),
            Column(title="Value", show=lambda row: row["value"]),
        )
        told = f"<p>{escaped(error.by)} changed {escaped(error.column)} of {escaped(edit.row)} before you.</p>"
        mine = pmui.Button(label="Keep mine", color="primary", variant="contained")
        theirs = pmui.Button(label="Take theirs", variant="outlined")
        buttons = pmui.Row(theirs, mine, margin=0, sx={"justifyContent": "flex-end", "gap": 1})
        table = markup(told + table_markup(sides, columns, caption="Nothing of yours was written yet"))
        shown = dialog(self._visit, "Two people on one cell", pmui.Column(table, buttons, margin=0))

        def keep(_: object) -> None:
            shown.open = False
            self._write(dataset, replace(edit, seen=error.current))

        def take(_: object) -> None:
            shown.open = False
            self._show(edit.row)

        mine.on_click(keep)
        theirs.on_click(take)


def standing(history: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the corrections of a row that can be taken back, oldest first."""
    undone = {one["undoes"] for one in history}
    return [one for one in history if one["kind"] not in ("UNDO", HELD) and one["correction_id"] not in undone]


def _told(done: list[Corrected]) -> str:
    if not done:
        return ""
    one = done[0]
    warned = f". Note: {'; '.join(one.warnings)}" if one.warnings else ""
    return f"{one.column} is now {one.new_value or 'missing'}{warned}"
