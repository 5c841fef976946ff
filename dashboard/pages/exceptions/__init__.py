"""The inbox of held rows: look, correct in place, release, waive, discard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from panel.viewable import Viewable

from dashboard.page import Page

if TYPE_CHECKING:
    from dashboard.visit import Visit


def build(visit: Visit) -> Viewable:
    """Return the page of a session."""
    from dashboard.pages.exceptions.inbox import Inbox

    inbox = Inbox(visit)
    visit.on_change("exceptions", inbox.refresh)
    return inbox.view()


PAGE = Page(
    name="exceptions",
    title="Exceptions",
    icon="inbox",
    says="Rows that are held, and why. Correct them, and the same rules judge them again.",
    build=build,
)
