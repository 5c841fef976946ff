"""Held rows as a spreadsheet: taken away by the filter on the screen, brought back edited, judged before it counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import panel_material_ui as pmui
from panel.viewable import Viewable

from dashboard import formats
from dashboard.formats import escaped
from dashboard.pages.exceptions.outcome import outcome
from dashboard.parts.card import card
from dashboard.parts.exported import csv_link, csv_url
from dashboard.parts.table import Column, Row, table_markup
from dashboard.parts.text import chip, markup
from dashboard.store import exceptions as store
from dashboard.store.remembered import remembered
from flows.services import queries, repairs, spreadsheets
from flows.services.accounts import Role
from flows.services.queries import Wanted
from flows.services.repairs import Act, Fix, Result

if TYPE_CHECKING:
    from dashboard.visit import Visit

MAX_BYTES = 10 << 20
SHOWN = 25
_MEANINGS = {Act.STILL_OPEN: "held", Act.CONFLICT: "bad"}


class Sheet:
    """The card."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._links, self._told = markup(""), markup("")
        self._fixes: tuple[Fix, ...] = ()
        self._file = pmui.FileInput(label="Bring an edited file back", accept=".csv,.txt,.tsv", margin=0)
        self._write = pmui.Button(label="", variant="contained", margin=0, visible=False)
        self._forget = pmui.Button(label="Take another file", variant="text", margin=0, visible=False)
        self._file.param.watch(lambda event: self._look(event.new), "value")
        self._write.on_click(lambda _: self._release())
        self._forget.on_click(lambda _: self._clear(""))

    def view(self) -> Viewable:
        """Return the card."""
        if not self._visit.may(Role.STEWARD):
            return card("As a spreadsheet", self._links)
        buttons = pmui.Row(self._file, self._write, self._forget, margin=0, sx={"flexWrap": "wrap", "gap": 1})
        return card(
            "As a spreadsheet",
            self._links,
            buttons,
            self._told,
            says="Edit the cells, leave number and attempt as they are, and bring the file back.",
        )

    def show(self, wanted: Wanted, query: dict[str, str]) -> None:
        """Offer the rows of a filter.

        Args:
            query: The filter as it stands in the address.
        """
        counts = remembered(store.by_dataset, self._visit.parts.warehouse, wanted)
        links = [self._link(name, number, query) for name, number in counts.items()]
        html = "".join(links) or '<p class="q-says">No row fits the filter.</p>'
        if self._links.object != html:
            self._links.object = html

    def _link(self, dataset: str, number: int, query: dict[str, str]) -> str:
        url = csv_url("exceptions", "rows", {**query, "dataset": dataset})
        return f"<p>{csv_link(url, number, f'rows of {self._visit.parts.datasets[dataset].title}')}</p>"

    def _look(self, content: bytes | None) -> None:
        """Tell what a file would change, without writing anything."""
        if not content:
            return
        name = str(self._file.filename or "the file")
        if len(content) > MAX_BYTES:
            self._clear(f"{name} is larger than {formats.size(MAX_BYTES)}: bring it back in parts")
            return
        found = self._visit.attempt(lambda: self._foreseen(name, content))
        if found is None:
            self._clear("")
            return
        fixes, unchanged, results = found
        self._fixes = fixes
        told = f"{escaped(name)}: edited {formats.many(len(fixes), 'row')}, not edited {formats.count(unchanged)}."
        would = f" Judged now, without writing anything: {escaped(outcome(results))}" if fixes else ""
        self._told.object = f"<p>{told}{would}</p>{self._changes(fixes, results)}"
        self._write.param.update(label=f"Write {formats.many(len(fixes), 'correction')}", visible=bool(fixes))
        self._forget.visible, self._file.visible = True, False

    def _foreseen(self, name: str, content: bytes) -> tuple[tuple[Fix, ...], int, list[Result]]:
        parts = self._visit.parts
        dataset = spreadsheets.dataset_of(parts.datasets, name, content)
        brought = spreadsheets.corrections_of(parts.warehouse, dataset, name, content)
        results = repairs.release(parts.warehouse, self._visit.actor, parts.datasets, brought.fixes, is_preview=True)
        return brought.fixes, brought.unchanged, results

    def _changes(self, fixes: Sequence[Fix], results: Sequence[Result]) -> str:
        """Return the first edited cells, and what would come of their rows."""
        if not fixes:
            return ""
        came = {result.exception_id: result for result in results}
        some = [fix.exception_id for fix in fixes[:SHOWN]]
        known = queries.exceptions(self._visit.parts.warehouse, Wanted(exception_ids=some))
        before = {row["exception_id"]: {**(row["cells"] or {}), **(row["corrected"] or {})} for row in known}
        rows: list[Row] = [
            {"no": fix.exception_id, "column": name, "before": before[fix.exception_id].get(name), "text": text}
            for fix in fixes[:SHOWN]
            for name, text in fix.cells.items()
        ]
        columns = (
            Column(title="No", show=lambda row: row["no"]),
            Column(title="Column", show=lambda row: row["column"]),
            Column(title="Before", show=lambda row: row["before"]),
            Column(title="In your file", show=lambda row: row["text"]),
            Column(title="Would be", markup=lambda row: _would(came[row["no"]])),
        )
        told = f"The first {SHOWN} of {formats.count(len(fixes))} rows" if len(fixes) > SHOWN else "Edited cells"
        return table_markup(rows, columns, caption=told)

    def _release(self) -> None:
        """Write what was looked at, in one transaction."""
        parts, fixes = self._visit.parts, self._fixes
        self._write.disabled = True
        reason = f"brought back in {self._file.filename or 'a file'}"
        done = self._visit.attempt(
            lambda: repairs.release(parts.warehouse, self._visit.actor, parts.datasets, fixes, reason=reason), outcome
        )
        self._write.disabled = False
        if done is not None:
            self._clear(f"Written: {outcome(done)}")

    def _clear(self, told: str) -> None:
        self._fixes = ()
        self._file.param.update(value=None, visible=True)
        self._write.visible = self._forget.visible = False
        self._told.object = f"<p>{escaped(told)}</p>" if told else ""


def _would(result: Result) -> str:
    said = escaped("; ".join(result.messages))
    return f"{chip(outcome([replace(result, messages=())]), _MEANINGS.get(result.act, 'good'))} {said}"
