"""Cells from a spreadsheet: shown as what they would change, refusals marked, then written in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import panel_material_ui as pmui

from dashboard import formats
from dashboard.pages.grid.rows import Rows
from dashboard.parts.dialog import dialog
from dashboard.parts.field import Field
from dashboard.parts.layout import place
from dashboard.parts.table import Column, table_markup
from dashboard.parts.text import chip, markup
from dashboard.store import grid as store
from flows.core.dataset import Dataset
from flows.core.errors import MistakeError
from flows.services import corrections, pasting
from flows.services.pasting import Shown, Tried

if TYPE_CHECKING:
    from dashboard.visit import Visit

SHOWN = 200
"""Cells that the preview lists; all are counted and written."""
HOW = (
    "Copy cells in a spreadsheet, choose a cell of the grid and press Ctrl+V: they go down and to the right from it. "
    "Or paste here with a header: lines then find their rows by {}, wherever they are."
)


class Pasting:
    """The dialogs of a paste."""

    def __init__(self, visit: Visit, rows: Rows, done: Callable[[], None]) -> None:
        self._visit, self._rows, self._done = visit, rows, done

    def ask(self, dataset: Dataset, columns: Sequence[str]) -> None:
        """Show where cells can be pasted."""
        keys = " and ".join(dataset.key) if len(dataset.key) == 1 else "run_id and line"
        area = pmui.TextAreaInput(
            label="Cells", rows=8, max_length=2_000_000, sizing_mode="stretch_width", placeholder="paste here"
        )
        look = pmui.Button(label="See what would change", color="primary", variant="contained")
        content = pmui.Column(markup(f"<p>{HOW.format(keys)}</p>"), area, look, margin=0, sx={"gap": 1})
        dialog(self._visit, "Paste from a spreadsheet", content, width="md")
        look.on_click(lambda _: self.preview(dataset, columns, area.value_input or area.value or ""))

    def preview(self, dataset: Dataset, columns: Sequence[str], text: str, row: str = "", column: str = "") -> None:
        """Show what pasted cells would change."""
        tried = self._visit.attempt(lambda: self._tried(dataset, tuple(columns), text, row, column))
        if tried is None:
            return
        if not tried:
            self._visit.toast("Nothing differs from what is stored", "info")
            return
        self._show(dataset, tried)

    def _tried(self, dataset: Dataset, columns: tuple[str, ...], text: str, row: str, column: str) -> list[Tried]:
        cells = pasting.pasted(text)
        if not cells:
            raise MistakeError("there is no cell in what was pasted")
        if pasting.names_rows(dataset, cells[0]):
            edits = pasting.edits_by_name(dataset, cells, self._named(dataset, cells))
        elif row:
            shown = Shown(rows={line.name: line.cells for line in self._rows.lines}, columns=columns)
            edits = pasting.edits_from(dataset, cells, shown, row, column)
        else:
            raise MistakeError("the first line must be a header that tells which row each line is, as an export has it")
        return pasting.try_edits(self._visit.parts.warehouse, self._visit.actor, dataset, edits)

    def _named(self, dataset: Dataset, cells: Sequence[Sequence[str]]) -> Shown:
        names = pasting.rows_named(dataset, cells)
        if len(names) > pasting.MAX_CELLS or len(set(names)) < len(names):
            raise MistakeError(f"at most {pasting.MAX_CELLS:,} rows can be pasted at once, each of them once")
        chosen = self._rows.chosen
        if chosen is None:
            return Shown(rows={}, columns=())
        with self._visit.parts.warehouse.transaction() as connection:
            lines = store.by_name(connection, chosen, names)
        return Shown(rows={name: line.cells for name, line in lines.items()}, columns=())

    def _show(self, dataset: Dataset, tried: Sequence[Tried]) -> None:
        good = [one for one in tried if not one.refusal]
        refused = len(tried) - len(good)
        left = f", {formats.count(refused)} {'is' if refused == 1 else 'are'} refused and left out" if refused else ""
        says = f"<p>{formats.count(len(good))} of {_cells(len(tried))} would change{left}.</p>"
        table = table_markup(
            [{"tried": one} for one in sorted(tried, key=lambda one: not one.refusal)[:SHOWN]], _COLUMNS,
            caption="Nothing is written yet",
        )  # fmt: skip
        reason = Field(label="Why (kept with each cell)", sizing_mode="stretch_width", margin=0)
        write = pmui.Button(label=f"Write {_cells(len(good))}", color="primary", variant="contained", disabled=not good)
        content = pmui.Column(place(markup(says + table)), reason, write, margin=0, sx={"gap": 1.5})
        shown = dialog(self._visit, "What would change", content, width="md")

        def agreed(_: object) -> None:
            shown.open = False
            edits = [one.edit for one in good]
            told = (reason.value_input or reason.value or "").strip()
            visit = self._visit
            visit.attempt(
                lambda: corrections.correct(visit.parts.warehouse, visit.actor, dataset, edits, reason=told),
                done=lambda done: f"{_cells(len(done))} written in one transaction",
            )
            self._done()

        write.on_click(agreed)


def _cells(number: int) -> str:
    return formats.many(number, "cell")


def _outcome(one: Tried) -> str:
    if one.refusal:
        return f"{chip('refused', 'bad')} {formats.escaped(one.refusal)}"
    noted = f" {formats.escaped('; '.join(one.warnings))}" if one.warnings else ""
    return chip("changes", "good") + noted


_COLUMNS = (
    Column(title="Row", show=lambda row: row["tried"].edit.row),
    Column(title="Column", show=lambda row: row["tried"].edit.column.replace("_", " ")),
    Column(title="Now", show=lambda row: row["tried"].edit.seen),
    Column(title="Becomes", show=lambda row: row["tried"].becomes),
    Column(title="What", markup=lambda row: _outcome(row["tried"])),
)
