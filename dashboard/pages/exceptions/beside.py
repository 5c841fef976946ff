"""What stands beside the list: how many rows there are by reason, how the backlog moves, the rows as a spreadsheet."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from panel.viewable import Viewable

from dashboard import formats
from dashboard.address import chosen
from dashboard.formats import escaped
from dashboard.pages.exceptions.sheet import Sheet
from dashboard.pages.exceptions.trend import Trend
from dashboard.pages.exceptions.words import in_words
from dashboard.parts.card import card
from dashboard.parts.exported import csv_link, csv_url
from dashboard.parts.layout import stack
from dashboard.parts.table import Column, Row, table_markup
from dashboard.parts.text import markup
from dashboard.state.exceptions import FILTERS, NAMES, ExceptionsState
from dashboard.store import exceptions as store
from dashboard.store.remembered import remembered

if TYPE_CHECKING:
    from dashboard.visit import Visit


class Beside:
    """The parts, which obey the filter.

    Attributes:
        view: The cards below each other.
    """

    def __init__(self, visit: Visit, state: ExceptionsState) -> None:
        self._visit, self._state = visit, state
        self._kinds = markup("")
        self._trend, self._sheet = Trend(visit, state), Sheet(visit)
        self.view: Viewable = stack(card("By reason", self._kinds), self._trend.view(), self._sheet.view())
        state.param.watch(lambda *_: self._trend.show(state.wanted()), ["trend", "split"])

    def refresh(self) -> None:
        """Ask the database again."""
        state, wanted = self._state, self._state.wanted()
        counts = remembered(store.counts, self._visit.parts.warehouse, replace(wanted, rule=""))
        self._kinds.object = self._kinds_markup(counts)
        self._trend.show(wanted)
        self._sheet.show(wanted, chosen(state, FILTERS))

    def _kinds_markup(self, rows: list[store.Row]) -> str:
        def link(row: Row) -> str:
            query: dict[str, object] = {**chosen(self._state, NAMES), "after": "", "exception": ""}
            url = self._visit.link("exceptions", **{**query, "rule": row["rule"], "dataset": row["dataset"]})
            return f'<a href="{escaped(url)}">{escaped(in_words(row["rule"]))}</a>'

        columns = (
            Column(title="Rule", markup=link),
            Column(title="Category", show=lambda row: in_words(row["category"])),
            Column(title="Dataset", show=lambda row: self._visit.parts.datasets[row["dataset"]].title),
            Column(title="Rows", show=lambda row: formats.count(row["exceptions"]), is_number=True),
        )
        table = table_markup(rows, columns, caption=f"{in_words(str(self._state.state))} rows by rule")
        query = {name: value for name, value in chosen(self._state, FILTERS).items() if name != "rule"}
        return f"{table}<p>{csv_link(csv_url('exceptions', 'by_rule', query), len(rows), 'reasons')}</p>"
