"""Sample files with the defects that the rules know, made and sent from the page."""

from __future__ import annotations

import re
import secrets
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import panel as pn
import panel_material_ui as pmui

from dashboard.parts.card import card
from dashboard.parts.field import Field
from dashboard.parts.layout import tiles
from flows.core.errors import MistakeError
from flows.services.samples import DEFAULT_DEFECT_SHARE
from flows.services.uploads import upload_samples

if TYPE_CHECKING:
    from dashboard.visit import Visit

ROWS = (100, 1_000, 5_000, 50_000, 250_000, 1_000_000)


def _seed(text: str) -> int:
    """Return the seed that a person typed.

    Raises:
        MistakeError: It is none.
    """
    if not re.fullmatch(r"[0-9]{1,9}", text.strip()):
        raise MistakeError("a seed is a whole number of at most 9 digits")
    return int(text)


def new_seed() -> int:
    """Return a seed that was most likely not used before; its file would be known already."""
    return secrets.randbelow(9_000) + 1_000


class Samples:
    """The form; the files are made in the thread of the click."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        datasets = visit.parts.datasets
        wide = {"sizing_mode": "stretch_width", "margin": 0}
        self._dataset = pmui.Select(label="Dataset", options={one.title: one.name for one in datasets.values()}, **wide)
        self._rows = pmui.Select(
            label="Rows in each file", options={f"{rows:,}": rows for rows in ROWS}, value=5_000, **wide
        )
        self._seed = Field(label="Seed: the same one, the same file", value=str(new_seed()), **wide)
        self._share = pmui.FloatSlider(
            label="Share of rows with a defect",
            value=DEFAULT_DEFECT_SHARE,
            start=0,
            end=1,
            step=0.01,
            format="0%",
            **wide,
        )
        self._button = pmui.Button(
            label="Make and upload", icon="science", color="primary", variant="outlined", margin=0
        )
        self._button.on_click(lambda _: self._make())

    def view(self) -> pn.Column:
        """Return the card."""
        fields = tiles(self._dataset, self._rows, self._seed, self._share, narrowest="14rem")
        says = "Files that hold every defect the rules know; they go the same way as yours."
        return card("Sample files", fields, self._button, says=says)

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
                rows=self._rows.value,
                seed=_seed(self._seed.value),
                share=self._share.value,
                today=self._visit.today(),
            )
