"""Any dataset's rows: sorted, filtered and searched in the database, corrected in place, with their history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from panel.viewable import Viewable

from dashboard.page import Page
from dashboard.pages.grid.sheet import Sheet
from dashboard.pages.grid.table import tabulator

if TYPE_CHECKING:
    from dashboard.visit import Visit


def build(visit: Visit) -> Viewable:
    """Return the page of a session."""
    sheet = Sheet(visit)
    visit.on_change("grid", sheet.follow)
    return sheet.view()


PAGE = Page(
    name="grid",
    title="Data grid",
    icon="table_view",
    says="Every row of a dataset. A double click or Enter corrects a cell; the rules judge before anything is stored.",
    build=build,
    scripts=tabulator()[:1],
)
