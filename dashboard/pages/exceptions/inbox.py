"""The inbox: filters, what can be done with many rows, the list, the row that is open, and how the backlog moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import panel_material_ui as pmui
from panel.viewable import Viewable

from dashboard.pages.exceptions.beside import Beside
from dashboard.pages.exceptions.bulk import Bulk
from dashboard.pages.exceptions.conflicts import Conflicts
from dashboard.pages.exceptions.detail import Detail
from dashboard.pages.exceptions.filters import filters
from dashboard.pages.exceptions.listing import Listing
from dashboard.parts.layout import place, stack
from dashboard.parts.text import skeleton
from dashboard.state.exceptions import FILTERS, NAMES, ExceptionsState
from dashboard.store import exceptions as store
from dashboard.store.remembered import remembered
from flows.core.errors import QuaysideError

if TYPE_CHECKING:
    from dashboard.visit import Visit

COLUMNS_SX = {
    "display": "grid !important",
    "gridTemplateColumns": {"xs": "minmax(0, 1fr)", "lg": "minmax(0, 3fr) minmax(0, 2fr)"},
    "gridTemplateRows": {"lg": "auto 1fr"},
    "columnGap": 2,
    "rowGap": 0,
    "alignItems": "start",
    "& > :nth-of-type(1) > *": {"gridRow": {"lg": "1 / span 2"}, "marginBottom": {"xs": 2, "lg": 0}},
    "& > :nth-of-type(2) > *": {"order": {"xs": -1, "lg": 0}, "marginBottom": 2},
    "& > :nth-of-type(3) > *": {"gridColumn": {"lg": 2}},
}
"""List, open row, rest: the last two beside the list, or on a phone the open row above it and the rest below.

What lies between the grid and these parts has no box of its own.
"""


class Inbox:
    """The parts of the page."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self.state = ExceptionsState()
        visit.sync(self.state, *NAMES)
        self._open, self._rest = place(), place(skeleton(12))
        self._beside: Beside | None = None
        self._detail = Detail(visit, self._close)
        self._listing = Listing(visit, self.state)
        self._bulk = Bulk(visit, self.state.wanted, self._listing.picked, self._listing.drop)
        self._listing.on_pick(self._bulk.follow)
        self._listing.on_drawn(self._add_rest)
        self._conflicts = Conflicts(visit)
        self._filters = filters(visit, self.state)
        self.refresh()
        self.state.param.watch(lambda *_: self._filtered(), list(FILTERS))
        self.state.param.watch(lambda *_: self._show_rows(), "after")
        self.state.param.watch(lambda *_: self._show_open(), "exception")

    def view(self) -> Viewable:
        """Return the page."""
        left = stack(self._bulk.view(), self._listing.view())
        columns = pmui.Column(left, self._open, self._rest, sizing_mode="stretch_width", margin=0, sx=COLUMNS_SX)
        return stack(self._conflicts.view, self._filters, columns)

    def refresh(self) -> None:
        """Ask the database again."""
        if not self._show_rows():
            return
        if self._beside is not None:
            self._beside.refresh()
        self._conflicts.refresh(str(self.state.dataset))
        self._show_open()

    def _add_rest(self) -> None:
        """Make what stands beside the list, once the browser has drawn the first rows."""
        if self._beside is None:
            self._beside = Beside(self._visit, self.state)
            self._visit.attempt(self._beside.refresh)
            self._rest[:] = [self._beside.view]

    def _show_rows(self) -> bool:
        """Show the page of the list; False where the filter can't be, which is told."""
        warehouse, wanted = self._visit.parts.warehouse, self.state.wanted()
        try:
            number = sum(remembered(store.by_dataset, warehouse, wanted).values())
            rows = store.page(warehouse, wanted, self.state.after)
        except QuaysideError as error:
            self._visit.toast(str(error), "error")
            return False
        self._listing.show(rows, number)
        self._bulk.show(number)
        return True

    def _show_open(self) -> None:
        shown = self._detail.show(self.state.exception)
        self._open.param.update(objects=[shown] if shown is not None else [], visible=shown is not None)

    def _filtered(self) -> None:
        self._listing.forget()
        self.state.param.update(after=0)
        self.refresh()

    def _close(self) -> None:
        self.state.param.update(exception=0)
