"""The list of accounts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from panel.viewable import Viewable

from dashboard import formats
from dashboard.formats import escaped
from dashboard.parts.card import card
from dashboard.parts.drawn import drawing, redraw
from dashboard.parts.exported import csv_link, csv_url
from dashboard.parts.table import Column, Row, table_markup
from dashboard.parts.text import chip

if TYPE_CHECKING:
    from dashboard.visit import Visit


def state_of(row: Row) -> str:
    """Return the state of an account as a chip."""
    if not row["is_active"]:
        return chip("Closed", "bad")
    return chip("Chooses a password", "held") if row["must_choose_password"] else chip("Open", "good")


def way_of(row: Row) -> str:
    """Return how an account signs in."""
    return urlsplit(row["issuer"]).hostname or str(row["issuer"]) if row["issuer"] else "password"


class Listing:
    """The table; a name opens its account."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._table = drawing()

    def view(self) -> Viewable:
        """Return the card."""
        return card("Accounts", self._table)

    def show(self, rows: Sequence[Row], chosen: str) -> None:
        """Show accounts."""
        zone = self._visit.parts.settings.business_time_zone
        columns = (
            Column(title="Account", markup=lambda row: self._name(row, chosen)),
            Column(title="Role", show=lambda row: row["role"]),
            Column(title="State", markup=state_of),
            Column(title="Signs in with", show=way_of, is_minor=True),
            Column(
                title="Last sign-in",
                show=lambda row: formats.moment(row["signed_in_at"], zone) if row["signed_in_at"] else None,
            ),
            Column(title="Sessions", show=lambda row: formats.count(row["sessions"]), is_number=True, is_minor=True),
        )
        table = table_markup(rows, columns, caption=formats.many(len(rows), "account"))
        link = csv_link(csv_url("people", "accounts", {}), len(rows), "accounts")
        redraw(self._table, f"{table}<p>{link}</p>")

    def _name(self, row: Row, chosen: str) -> str:
        name = escaped(row["account"])
        link = escaped(self._visit.link("people", account=row["account"]))
        current = ' aria-current="true"' if row["account"] == chosen else ""
        return f'<a href="{link}"{current}><b>{name}</b></a>'
