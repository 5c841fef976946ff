"""Telco packages: who offers what at which price, what a gigabyte costs, what changed, thresholds and the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from panel.viewable import Viewable

from dashboard.page import Page
from dashboard.pages.telco.changes import Changes
from dashboard.pages.telco.charts import Charts
from dashboard.pages.telco.filters import Filters
from dashboard.pages.telco.report import Report
from dashboard.pages.telco.thresholds import Thresholds
from dashboard.pages.telco.tiles import Tiles
from dashboard.parts.layout import side_by_side, stack
from dashboard.state.telco import COMPARED, FILTERS, NAMES, TelcoState

if TYPE_CHECKING:
    from dashboard.visit import Visit


class Telco:
    """The parts of the page."""

    def __init__(self, visit: Visit) -> None:
        self.state = TelcoState()
        visit.sync(self.state, *NAMES)
        self._filters, self._tiles = Filters(visit, self.state), Tiles(visit)
        self._charts, self._changes = Charts(visit, self.state), Changes(visit, self.state)
        self._thresholds, self._report = Thresholds(visit), Report(visit)
        self.refresh()
        self.state.param.watch(lambda *_: self._figures(), list(FILTERS))
        self.state.param.watch(lambda *_: self._changes.refresh(), list(COMPARED))

    def view(self) -> Viewable:
        """Return the page."""
        return stack(
            self._filters.view,
            self._tiles.view,
            self._charts.view,
            self._changes.view,
            side_by_side(self._thresholds.view, self._report.view, narrowest="24rem"),
        )

    def refresh(self) -> None:
        """Show what the database says now; what did not change stays as it is."""
        self._figures()
        self._changes.refresh()
        self._thresholds.refresh()
        self._report.refresh()

    def _figures(self) -> None:
        self._filters.refresh()
        self._tiles.refresh(self.state.chosen())
        self._charts.refresh()


def build(visit: Visit) -> Viewable:
    """Return the page of a session."""
    telco = Telco(visit)
    visit.on_change("telco", telco.refresh)
    return telco.view()


PAGE = Page(
    name="telco",
    title="Telco packages",
    icon="sim_card",
    says="What the operators offer in their latest snapshots, and at which price. A bar that you click filters.",
    build=build,
)
