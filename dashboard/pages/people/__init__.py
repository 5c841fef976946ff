"""Who may sign in and do what; for admins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from panel.viewable import Viewable

from dashboard.page import Page
from dashboard.pages.people.listing import Listing
from dashboard.pages.people.making import Making
from dashboard.pages.people.one import One
from dashboard.parts.layout import place, side_by_side, stack
from dashboard.state.people import NAMES, PeopleState
from flows.core.errors import RefusedError
from flows.services import accounts
from flows.services.accounts import Role

if TYPE_CHECKING:
    from dashboard.visit import Visit


class People:
    """The parts of the page."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self.state = PeopleState()
        visit.sync(self.state, *NAMES)
        self._is_refused = False
        self._listing, self._one, self._making = Listing(visit), One(visit), Making(visit, self.state)
        self.state.param.watch(lambda *_: self.refresh(), "account")
        self.refresh()

    def view(self) -> Viewable:
        """Return the page."""
        return stack(
            self._listing.view(),
            side_by_side(place(self._one.view()), self._making.view(), narrowest="22rem"),
        )

    def refresh(self) -> None:
        """Show what the database says now, as long as the person is still an admin."""
        if self._is_refused:
            return
        try:
            rows = accounts.accounts(self._visit.parts.warehouse, self._visit.actor)
        except RefusedError as error:  # each further question would be one more refusal in the audit trail
            self._is_refused = True
            self._visit.toast(str(error), "error")
            self._visit.is_still_signed_in()
            return
        chosen = next((row for row in rows if row["account"] == self.state.account), None)
        self._listing.show(rows, self.state.account)
        self._one.show(chosen)


def build(visit: Visit) -> Viewable:
    """Return the page of a session."""
    people = People(visit)
    visit.on_change("people", people.refresh)
    return people.view()


PAGE = Page(
    name="people",
    title="People",
    icon="group",
    says="Who may sign in, and what each of them may do.",
    build=build,
    needed=Role.ADMIN,
)
