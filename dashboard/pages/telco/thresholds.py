"""The price thresholds of the tiers, changed by stewards after they saw what moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import panel_material_ui as pmui

from dashboard import formats
from dashboard.pages.telco.threshold_form import ThresholdForm
from dashboard.parts.card import card, filling
from dashboard.parts.exported import csv_link, csv_url
from dashboard.parts.table import Column, table_markup
from dashboard.parts.text import markup
from flows.services import thresholds as service
from flows.services.accounts import Role

if TYPE_CHECKING:
    from dashboard.visit import Visit

COLUMNS = (
    Column(title="Operator", show=lambda row: row["operator"]),
    Column(title="From", show=lambda row: row["starts_on"]),
    Column(title="Medium from", show=lambda row: formats.rupiah(row["medium_from_idr"]), is_number=True),
    Column(title="High from", show=lambda row: formats.rupiah(row["high_from_idr"]), is_number=True),
    Column(title="By", show=lambda row: row["created_by"]),
    Column(title="Why", show=lambda row: row["reason"]),
)


class Thresholds:
    """The list, and the way to change it.

    Attributes:
        view: The card.
    """

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._table = markup("")
        change = pmui.Button(label="Change", icon="tune", variant="outlined", size="small", margin=0)
        change.on_click(lambda _: ThresholdForm(visit).open())
        self.view = filling(
            card(
                "Price thresholds of the tiers",
                self._table,
                actions=(change,) if visit.may(Role.STEWARD) else (),
                says="A package takes the newest ones that began by its file date, its operator's own before the "
                "general.",
            )
        )

    def refresh(self) -> None:
        """Show the thresholds that hold now."""
        rows = service.thresholds(self._visit.parts.warehouse)
        table = table_markup(rows, COLUMNS, caption="Thresholds in force")
        html = f"{table}<p>{csv_link(csv_url('telco', 'thresholds', {}), len(rows), 'thresholds')}</p>"
        if self._table.object != html:
            self._table.object = html
