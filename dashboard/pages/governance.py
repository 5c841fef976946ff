"""The governance summary of a period, and the way to print it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from panel.viewable import Viewable

from dashboard.address import chosen as address_of
from dashboard.formats import escaped
from dashboard.governance import part_markup, period
from dashboard.page import Page
from dashboard.parts.card import card
from dashboard.parts.drawn import drawing, redraw
from dashboard.parts.exported import csv_link, csv_url
from dashboard.parts.filters import button, day, filter_bar
from dashboard.parts.layout import stack
from dashboard.state.governance import NAMES, GovernanceState
from flows.services.governance import Part, governance

if TYPE_CHECKING:
    from dashboard.visit import Visit

SECONDS_BETWEEN = 10
"""What is written meanwhile is followed no more often."""


class Governance:
    """The parts of the page."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self.state = GovernanceState()
        visit.sync(self.state, *NAMES)
        self._is_behind, self._waited = False, 0
        self._print = drawing()
        parts = self._parts()
        self._panes = {part.name: drawing() for part in parts}
        self._cards = [card(part.title, self._panes[part.name], says=part.says) for part in parts]
        self.state.param.watch(lambda *_: self.refresh(), list(NAMES))
        visit.every_second(self._tick)
        self.refresh()

    def view(self) -> Viewable:
        """Return the page."""
        bar = filter_bar(
            day(self.state, "first", "From"),
            day(self.state, "last", "To"),
            actions=(button("All days", self._clear),),
        )
        return stack(bar, self._print, *self._cards)

    def follow(self) -> None:
        """Remember that something was written."""
        self._is_behind = True

    def refresh(self) -> None:
        """Show what the database says now."""
        self._is_behind, self._waited = False, 0
        zone = self._visit.parts.settings.business_time_zone
        for part in self._parts():
            redraw(self._panes[part.name], part_markup(part, zone) + self._csv(part))
        told = {name: str(getattr(self.state, name)) for name in NAMES if getattr(self.state, name)}
        address = "/governance/document" + (f"?{urlencode(told)}" if told else "")
        redraw(
            self._print,
            f'<p class="q-links"><strong>{escaped(period(self.state.first, self.state.last))}</strong>'
            f'<a href="{escaped(address)}" target="_blank" rel="noopener">Document to print or save</a></p>',
        )

    def _csv(self, part: Part) -> str:
        """Return the link to a part as CSV; nothing where it has no row."""
        url = csv_url("governance", part.name, address_of(self.state, NAMES))
        return f"<p>{csv_link(url, len(part.rows))}</p>" if part.rows else ""

    def _clear(self) -> None:
        self.state.param.update(first=None, last=None)

    def _parts(self) -> list[Part]:
        parts, state = self._visit.parts, self.state
        zone = parts.settings.business_time_zone
        return governance(parts.warehouse, parts.datasets, state.first, state.last, zone)

    def _tick(self) -> None:
        self._waited += 1
        if self._is_behind and self._waited >= SECONDS_BETWEEN:
            self.refresh()


def build(visit: Visit) -> Viewable:
    """Return the page of a session."""
    shown = Governance(visit)
    visit.on_change("governance", shown.follow)
    return shown.view()


PAGE = Page(
    name="governance",
    title="Governance",
    icon="gavel",
    says="What came in, what became of it, which controls judged it and who did what, for a period.",
    build=build,
)
