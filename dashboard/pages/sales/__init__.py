"""Sales: the figures of a period beside the period before, by region, category, product, day and month."""

from __future__ import annotations

from typing import TYPE_CHECKING

from panel.viewable import Viewable

from dashboard.page import Page
from dashboard.pages.sales.charts import Charts
from dashboard.pages.sales.filters import Filters
from dashboard.pages.sales.tiles import Tiles
from dashboard.parts.layout import stack
from dashboard.state.sales import NAMES, SalesState

if TYPE_CHECKING:
    from dashboard.visit import Visit


class Sales:
    """The parts of the page."""

    def __init__(self, visit: Visit) -> None:
        self.state = SalesState()
        visit.sync(self.state, *NAMES)
        self._filters = Filters(visit, self.state)
        self._tiles = Tiles(visit)
        self._charts = Charts(visit, self.state)
        self.refresh()
        self.state.param.watch(lambda *_: self.refresh(), [name for name in NAMES if name != "measure"])
        self.state.param.watch(lambda *_: self._charts.refresh(), "measure")

    def view(self) -> Viewable:
        """Return the page."""
        return stack(self._filters.view, self._tiles.view, self._charts.view)

    def refresh(self) -> None:
        """Show what the database says now about what is chosen; what did not change stays as it is."""
        self._filters.refresh()
        self._tiles.refresh(self.state.chosen())
        self._charts.refresh()


def build(visit: Visit) -> Viewable:
    """Return the page of a session."""
    sales = Sales(visit)
    visit.on_change("sales", sales.refresh)
    return sales.view()


PAGE = Page(
    name="sales",
    title="Sales",
    icon="show_chart",
    says="What was sold, and what still waits. A bar that you click filters everything; a figure leads to its rows.",
    build=build,
)
