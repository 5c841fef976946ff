"""The list of held rows and its filters; the row that is open stands beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import panel_material_ui as pmui
from panel.viewable import Viewable

from dashboard import formats
from dashboard.address import chosen
from dashboard.formats import escaped
from dashboard.pages.exceptions.bulk import Bulk
from dashboard.pages.exceptions.detail import Detail
from dashboard.parts.card import card, glass
from dashboard.parts.layout import place, side_by_side, stack
from dashboard.parts.table import Column, Row, table_markup
from dashboard.parts.text import chip, markup
from dashboard.state.exceptions import FILTERS, NAMES, ExceptionsState
from dashboard.store import exceptions as store
from flows.core.errors import QuaysideError
from flows.core.rules import Category
from flows.core.states import ExceptionState
from flows.services import queries
from flows.services.queries import Wanted

if TYPE_CHECKING:
    from dashboard.visit import Visit

STATE_MEANINGS = {"OPEN": "held", "RELEASED": "good", "WAIVED": "good", "DISCARDED": "neutral", "SUPERSEDED": "neutral"}


def in_words(code: str) -> str:
    """Return a category or a rule as people read it."""
    return code.replace("_", " ").lower().capitalize()


class Inbox:
    """The parts of the page."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self.state = ExceptionsState()
        visit.sync(self.state, *NAMES)
        self._list, self._kinds, self._trend = markup(""), markup(""), markup("")
        self._open = place()
        self._detail = Detail(visit, self._close)
        self._bulk = Bulk(visit, self.wanted)
        self._filters = self._make_filters()
        self.refresh()
        self.state.param.watch(lambda *_: self._filtered(), list(FILTERS))
        self.state.param.watch(lambda *_: self.refresh(), ["exception", "after"])

    def view(self) -> Viewable:
        """Return the page."""
        return stack(
            self._filters,
            side_by_side(
                stack(card("Held rows", self._list), self._bulk.view()),
                stack(self._open, card("By reason", self._kinds), card("Held and closed by day", self._trend)),
                narrowest="30rem",
            ),
        )

    def wanted(self) -> Wanted:
        """Return the filter as the services take it."""
        return Wanted(**{name: getattr(self.state, name) for name in FILTERS})

    def refresh(self) -> None:
        """Ask the database again."""
        warehouse, state = self._visit.parts.warehouse, self.state
        try:
            number = queries.count_exceptions(warehouse, self.wanted())
            rows = store.page(warehouse, self.wanted(), state.after)
        except QuaysideError as error:
            self._visit.toast(str(error), "error")
            return
        self._list.object = self._rows(rows, number)
        self._kinds.object = self._kinds_markup(store.counts(warehouse, state=state.state, dataset=state.dataset))
        self._trend.object = _trend_markup(store.trend(warehouse, state.dataset))
        self._bulk.show(number)
        shown = self._detail.show(state.exception)
        self._open[:] = [shown] if shown is not None else []

    def _filtered(self) -> None:
        self.state.param.update(after=0)
        self.refresh()

    def _close(self) -> None:
        self.state.param.update(exception=0)

    def _link(self, **change: object) -> str:
        query: dict[str, object] = {**chosen(self.state, NAMES), **change}
        return escaped(self._visit.link("exceptions", **query))

    def _rows(self, rows: list[store.Row], number: int) -> str:
        if not rows:
            return (
                '<div class="q-empty"><strong>Nothing here</strong><p>No held row fits what is chosen. '
                f'<a href="{self._visit.link("exceptions")}">Show every open one</a>.</p></div>'
            )
        told = f"{formats.count(number)} rows, oldest first; {len(rows)} shown"
        table = table_markup(rows, self._columns(), caption=told)
        first = f'<a href="{self._link(after="")}">First page</a>' if self.state.after else ""
        following = (
            f'<a href="{self._link(after=rows[-1]["exception_id"])}">Next page</a>'
            if len(rows) == store.PAGE_ROWS
            else ""
        )
        return f"{table}<p>{first} {following}</p>"

    def _columns(self) -> tuple[Column, ...]:
        return (
            Column(title="No", markup=self._number),
            Column(title="State", markup=lambda row: chip(row["state"], STATE_MEANINGS[row["state"]])),
            Column(title="Why", show=lambda row: "; ".join(row["findings"] or [in_words(row["category"])])),
            Column(title="File", show=lambda row: f"{row['base_name']}, line {row['line']}"),
            Column(title="Age", show=lambda row: formats.ago(row["opened_at"]), is_number=True),
        )

    def _number(self, row: Row) -> str:
        current = ' aria-current="true"' if row["exception_id"] == self.state.exception else ""
        return f'<a href="{self._link(exception=row["exception_id"])}"{current}>{row["exception_id"]}</a>'

    def _kinds_markup(self, rows: list[store.Row]) -> str:
        columns = (
            Column(
                title="Rule",
                markup=lambda row: (
                    f'<a href="{self._link(rule=row["rule"], dataset=row["dataset"], after="", exception="")}">'
                    f"{escaped(in_words(row['rule']))}</a>"
                ),
            ),
            Column(title="Category", show=lambda row: in_words(row["category"])),
            Column(title="Dataset", show=lambda row: row["dataset"]),
            Column(title="Rows", show=lambda row: formats.count(row["exceptions"]), is_number=True),
        )
        return table_markup(rows, columns, caption=f"{self.state.state or 'all'} rows by rule")

    def _make_filters(self) -> Viewable:
        datasets = sorted(self._visit.parts.datasets)
        rules = sorted({rule.code for one in self._visit.parts.datasets.values() for rule in one.all_rules})
        value = pmui.TextInput(
            label="Text in a cell, or column=text", value=self.state.value, width=230, margin=0, size="small"
        )
        value.param.watch(lambda event: self.state.param.update(value=event.new), "value")
        self.state.param.watch(lambda event: value.param.update(value=event.new), "value")
        return glass(
            pmui.Row(
                self._select("state", "State", [str(one) for one in ExceptionState], "Every state"),
                self._select("dataset", "Dataset", datasets, "Every dataset"),
                self._select("category", "Category", [str(one) for one in Category], "Every category"),
                self._select("rule", "Rule", rules, "Every rule"),
                value,
                margin=0,
                sizing_mode="stretch_width",
                sx={"flexWrap": "wrap", "gap": 1.5, "p": 2, "alignItems": "center"},
            )
        )

    def _select(self, name: str, label: str, values: list[str], every: str) -> Viewable:
        options = {every: ""} | {in_words(value): value for value in values}
        current = getattr(self.state, name)
        widget = pmui.Select(
            label=label, options=options, value=current if current in values else "", width=190, margin=0, size="small"
        )
        widget.param.watch(lambda event: self.state.param.update(**{name: event.new}), "value")
        self.state.param.watch(lambda event: widget.param.update(value=event.new if event.new in values else ""), name)
        return widget


def _trend_markup(rows: list[store.Row]) -> str:
    columns = (
        Column(title="Day", show=lambda row: formats.day(row["day"])),
        Column(title="Held", show=lambda row: formats.count(row["opened"]), is_number=True),
        Column(title="Closed", show=lambda row: formats.count(row["closed"]), is_number=True),
    )
    return table_markup(rows, columns, caption="Days on which anything happened, newest first (UTC)")
