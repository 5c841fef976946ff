"""The list of runs: filters, what waits for a decision, a table, paging."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

import panel_material_ui as pmui
from panel.viewable import Viewable

from dashboard import formats
from dashboard.address import chosen as address_of
from dashboard.formats import escaped
from dashboard.pages.runs.states import MEANINGS, WORDS, state_chip
from dashboard.parts.card import card
from dashboard.parts.drawn import drawing, redraw
from dashboard.parts.exported import csv_link, csv_url
from dashboard.parts.filters import button, choice, day, filter_bar, text
from dashboard.parts.layout import stack
from dashboard.parts.table import Column, Row, table_markup
from dashboard.parts.text import chip
from dashboard.state.runs import FILTERS, RunsState
from dashboard.store import runs as store
from dashboard.store.runs import PAGE_ROWS, Filter
from flows.services import reviews

if TYPE_CHECKING:
    from dashboard.visit import Visit


class Listing:
    """The parts of the list."""

    def __init__(self, visit: Visit, state: RunsState) -> None:
        self._visit, self._state = visit, state
        self._came_from: list[str] = []
        self._last: UUID | None = None
        self._states, self._table, self._waiting = drawing(), drawing(), drawing()
        self._review = card("Runs that wait for a decision", self._waiting)
        self._newer, self._older = button("Newer", self._go_newer), button("Older", self._go_older)
        self._watchers = [
            state.param.watch(lambda *_: self._filtered(), list(FILTERS)),
            state.param.watch(lambda *_: self.refresh(), "before"),
        ]
        self.refresh()

    def view(self) -> Viewable:
        """Return the list."""
        paging = pmui.Row(self._newer, self._older, margin=0, sx={"gap": 1, "justifyContent": "flex-end"})
        return stack(self._filters(), self._review, card("Runs", self._states, self._table, paging))

    def leave(self) -> None:
        """Follow the state no longer."""
        for watcher in self._watchers:
            self._state.param.unwatch(watcher)

    def refresh(self) -> None:
        """Show what the database says now."""
        if self._state.run:
            return
        visit, chosen = self._visit, self._chosen()
        warehouse, zone = visit.parts.warehouse, visit.parts.settings.business_time_zone
        rows = store.runs(warehouse, chosen, zone, store.as_uuid(self._state.before))
        shown = rows[:PAGE_ROWS]
        self._last = shown[-1]["run_id"] if len(rows) > PAGE_ROWS else None
        self._older.disabled, self._newer.disabled = self._last is None, not self._state.before
        redraw(self._states, _by_state(store.by_state(warehouse, chosen, zone), chosen, visit))
        url = csv_url("runs", "runs", address_of(self._state, FILTERS))
        link = csv_link(url, store.number_of_runs(warehouse, chosen, zone), "runs")
        redraw(self._table, f"{self._markup(shown)}<p>{link}</p>" if shown else self._markup(shown))
        waiting = reviews.waiting(warehouse)
        self._review.visible = bool(waiting)
        redraw(self._waiting, _waiting(waiting, visit))

    def _chosen(self) -> Filter:
        return Filter(**{name: getattr(self._state, name) for name in FILTERS})

    def _filtered(self) -> None:
        self._came_from.clear()
        if self._state.before:
            self._state.before = ""
        else:
            self.refresh()

    def _clear(self) -> None:
        self._state.param.update(dict.fromkeys(FILTERS, "") | {"first": None, "last": None})

    def _go_older(self) -> None:
        if self._last is not None:
            self._came_from.append(self._state.before)
            self._state.before = str(self._last)

    def _go_newer(self) -> None:
        self._state.before = self._came_from.pop() if self._came_from else ""

    def _filters(self) -> Viewable:
        warehouse, state = self._visit.parts.warehouse, self._state
        titles = {title: name for name, title in store.datasets(warehouse).items()}
        batches = dict.fromkeys([*store.batches(warehouse), *([state.batch] if state.batch else [])])
        return filter_bar(
            choice(state, "dataset", "Dataset", {"All": ""} | titles),
            choice(state, "state", "State", {"All": ""} | {words: name for name, words in WORDS.items()}),
            text(state, "file", "File", hint="part of its name"),
            choice(state, "batch", "Batch", {"All": ""} | {one: one for one in batches}),
            day(state, "first", "From"),
            day(state, "last", "To"),
            actions=(button("Show everything", self._clear),),
        )

    def _markup(self, rows: Sequence[Row]) -> str:
        visit = self._visit
        if not rows:
            is_filtered = any(getattr(self._state, name) for name in FILTERS)
            told = (
                "Choose less above."
                if is_filtered
                else f'<a href="{visit.link("upload")}">Upload a file</a>, or put one into the bucket.'
            )
            return f'<div class="q-empty"><strong>No run here</strong><p>{told}</p></div>'
        zone = visit.parts.settings.business_time_zone
        columns = (
            Column(title="File", markup=lambda row: _file(row, visit)),
            Column(title="State", markup=state_chip),
            Column(title="Read", show=lambda row: formats.count(row["rows_read"]), is_number=True),
            Column(title="Loaded", show=lambda row: formats.count(row["rows_loaded"]), is_number=True),
            Column(title="Held", markup=lambda row: _held(row, visit), is_number=True),
            Column(title="Took", show=lambda row: formats.duration(row["taken"]), is_number=True),
            Column(title="Started", show=lambda row: formats.moment(row["started_at"], zone), is_number=True),
            Column(title="Prefect", markup=lambda row: prefect_link(visit, row["run_id"], "Flow run")),
        )
        return table_markup(rows, columns, caption="Runs, newest first")


def prefect_link(visit: Visit, run_id: UUID, words: str) -> str:
    """Return a link to a run in the Prefect UI, which opens beside; nothing where there is no Prefect."""
    ui_url = visit.parts.settings.prefect_ui_url.rstrip("/")
    if not ui_url:
        return formats.NOTHING
    href = escaped(f"{ui_url}/runs/flow-run/{run_id}")
    told = f'{escaped(words)}<span aria-hidden="true"> ↗</span>'
    return f'<a class="q-nowrap" href="{href}" target="_blank" rel="noopener">{told}</a>'


def _file(row: Row, visit: Visit) -> str:
    link = escaped(visit.link("runs", run=row["run_id"]))
    reason = f"<small>{escaped(row['reason'])}</small>" if row["reason"] else ""
    number = row["warnings"]
    warned = " " + chip(formats.many(number, "warning"), "held") if number else ""
    return (
        f'<div class="q-file"><a href="{link}">{escaped(row["base_name"])}</a>{warned}'
        f"<small>{escaped(row['dataset'])} · {escaped(row['batch'])}</small>{reason}</div>"
    )


def _held(row: Row, visit: Visit) -> str:
    if not row["rows_held"]:
        return formats.count(row["rows_held"])
    link = escaped(visit.link("exceptions", run=row["run_id"]))
    return f'<a href="{link}">{formats.count(row["rows_held"])}</a>'


def _by_state(counts: dict[str, int], chosen: Filter, visit: Visit) -> str:
    told = [
        f'<a href="{escaped(_of_state(state, chosen, visit))}">'
        + chip(f"{words} {formats.count(counts[state])}", MEANINGS[state])
        + "</a>"
        for state, words in WORDS.items()
        if counts.get(state)
    ]
    return f'<div class="q-links">{"".join(told)}</div>'


def _of_state(state: str, chosen: Filter, visit: Visit) -> str:
    wanted = "" if chosen.state == state else state
    return visit.link(
        "runs",
        dataset=chosen.dataset,
        state=wanted,
        file=chosen.file,
        batch=chosen.batch,
        first=chosen.first,
        last=chosen.last,
    )


def _waiting(rows: Sequence[Row], visit: Visit) -> str:
    columns = (
        Column(
            title="File",
            markup=lambda row: (
                f'<a href="{escaped(visit.link("runs", run=row["run_id"]))}">{escaped(row["base_name"])}</a>'
                f"<small>{escaped(row['dataset'])} · {escaped(row['batch'])}</small>"
            ),
        ),
        Column(title="Why it waits", show=lambda row: row["reason"]),
        Column(title="Rows", show=lambda row: formats.count(row["rows_read"]), is_number=True),
        Column(title="Waits since", show=lambda row: formats.ago(row["waits_since"]), is_number=True),
    )
    return table_markup(rows, columns, caption="Open one to see which rules its rows break, and to decide")
