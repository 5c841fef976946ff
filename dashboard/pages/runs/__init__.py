"""The runs: a list with filters, or one of them with everything that is known about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from panel.viewable import Viewable

from dashboard.page import Page
from dashboard.pages.runs.listing import Listing
from dashboard.pages.runs.one import OneRun
from dashboard.parts.layout import place
from dashboard.state.runs import NAMES, RunsState

if TYPE_CHECKING:
    from dashboard.visit import Visit


class Runs:
    """Shows the list or the run that the address names."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._state = RunsState()
        visit.sync(self._state, *NAMES)
        self._place = place()
        self._shown: Listing | OneRun | None = None
        self._state.param.watch(lambda *_: self._show(), "run")
        self._show()

    def view(self) -> Viewable:
        """Return the page."""
        return self._place

    def refresh(self) -> None:
        """Show what the database says now."""
        if self._shown is not None:
            self._shown.refresh()

    def _show(self) -> None:
        if self._shown is not None:
            self._shown.leave()
        self._shown = OneRun(self._visit, self._state) if self._state.run else Listing(self._visit, self._state)
        self._place[:] = [self._shown.view()]


def build(visit: Visit) -> Viewable:
    """Return the page of a session."""
    runs = Runs(visit)
    visit.on_change("runs", runs.refresh)
    return runs.view()


PAGE = Page(
    name="runs",
    title="Runs",
    icon="play_circle",
    says="Every file that was picked up: how it ended, how long it took, and where its rows are.",
    build=build,
)
