"""The report for the downstream system, of one batch."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

import panel_material_ui as pmui

from dashboard.formats import escaped
from dashboard.parts.card import card, filling
from dashboard.parts.filters import offer
from dashboard.parts.text import markup
from dashboard.store import telco as store
from dashboard.store.remembered import remembered

if TYPE_CHECKING:
    from dashboard.visit import Visit

NAME = "reporting_telkom"


class Report:
    """A batch to choose, and the file.

    Attributes:
        view: The card.
    """

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._batch = pmui.Select(label="Batch", options=[], sizing_mode="stretch_width", margin=0, size="small")
        self._link = markup("")
        self._batch.param.watch(lambda _: self._tell(), "value")
        self.view = filling(
            card(
                "Report for the downstream system",
                self._batch,
                self._link,
                says=f"{NAME}: 71 columns, one line per package in force that the batch brought.",
            )
        )

    def refresh(self) -> None:
        """Offer the batches with packages in force, the newest first."""
        batches = remembered(store.choices, self._visit.parts.warehouse)["batches"]
        value = self._batch.value if self._batch.value in batches else next(iter(batches), "")
        offer(self._batch, {batch: batch for batch in batches}, value)
        self._batch.visible = bool(batches)
        self._tell()

    def _tell(self) -> None:
        batch = self._batch.value
        href = f"/report/telco_packages/{NAME}.csv?{urlencode({'batch': batch or ''})}"
        html = f'<a class="q-button" href="{escaped(href)}" download>Download {escaped(batch)}</a>'
        nothing = '<p>No packages are loaded yet. <a href="/upload">Upload the files of an operator</a>.</p>'
        told = html if batch else nothing
        if self._link.object != told:
            self._link.object = told
