"""Sample files with the defects that the rules know, made and sent from the page."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import panel_material_ui as pmui

from dashboard.parts.card import card
from flows.adapters.ledger import business_day
from flows.services.samples import DEFAULT_DEFECT_SHARE
from flows.services.uploads import upload_samples

if TYPE_CHECKING:
    from dashboard.visit import Visit

MAX_ROWS = 1_000_000


class Samples:
    """The form; the files are made in the thread of the click."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        datasets = visit.parts.datasets
        wide = {"sizing_mode": "stretch_width", "margin": 0}
        self._dataset = pmui.Select(label="Dataset", options={one.title: one.name for one in datasets.values()}, **wide)
        self._rows = pmui.IntInput(label="Rows in each file", value=5_000, start=10, end=MAX_ROWS, step=1_000, **wide)
        self._seed = pmui.IntInput(label="Seed (the same seed makes the same file)", value=1, start=0, **wide)
        self._share = pmui.FloatSlider(
            label="Share of rows with a defect", value=DEFAULT_DEFECT_SHARE, start=0, end=1, step=0.01, **wide
        )
        self._button = pmui.Button(label="Make and upload", icon="science", color="primary", variant="outlined")
        self._button.on_click(lambda _: self._make())

    def view(self) -> pmui.Paper:
        """Return the card."""
        form = pmui.Column(
            self._dataset,
            self._rows,
            self._seed,
            self._share,
            self._button,
            margin=0,
            sizing_mode="stretch_width",
            sx={"gap": 2},
        )
        says = "Files that hold every defect the rules know; they go the same way as yours."
        return card("Sample files", form, says=says)

    def _make(self) -> None:
        self._button.param.update(loading=True, disabled=True)
        try:
            self._visit.attempt(self._upload, lambda batch: f"Sample files were uploaded as {batch}")
        finally:
            self._button.param.update(loading=False, disabled=False)

    def _upload(self) -> str:
        parts, settings = self._visit.parts, self._visit.parts.settings
        with tempfile.TemporaryDirectory(prefix="quayside-sample-") as folder:
            return upload_samples(
                settings,
                parts.warehouse,
                parts.store,
                parts.datasets,
                self._visit.actor,
                dataset=self._dataset.value,
                folder=Path(folder),
                rows=min(self._rows.value or 10, MAX_ROWS),
                seed=self._seed.value or 0,
                share=self._share.value,
                today=business_day(datetime.now(UTC), settings.business_time_zone),
            )
