"""The pickup: whether it watches, a look into the bucket at once, and what lies there unclaimed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import panel as pn
import panel_material_ui as pmui

from dashboard import formats
from dashboard.formats import escaped
from dashboard.parts.card import card
from dashboard.parts.exported import csv_link, csv_url
from dashboard.parts.table import Column, table_markup
from dashboard.parts.text import chip, markup
from dashboard.store import upload as store
from flows.services import asking

if TYPE_CHECKING:
    from dashboard.visit import Visit

PATIENCE_S = 20
TICKS_BETWEEN = 5
"""A worker that starts or dies writes nothing that pages follow."""


class Pickup:
    """The card; it asks once and then looks each second until the pickup has answered."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._ticks = 0
        self._asked: int | None = None
        self._asked_at = 0.0
        self._state = markup("")
        self._told = markup("")
        self._objects = markup("")
        self._button = pmui.Button(
            label="Look into the bucket now", icon="search", color="primary", variant="outlined", margin=0
        )
        self._button.on_click(lambda _: self._ask())

    def view(self) -> pn.Column:
        """Return the card."""
        says = "The resident pickup lists the bucket by itself; files that others put there are found too."
        return card("Pickup", self._state, self._button, self._told, self._objects, says=says)

    def refresh(self) -> None:
        """Show whether a pickup watches and what is unclaimed."""
        self._show_watching()
        _show(self._objects, _unclaimed(store.unclaimed(self._visit.parts.warehouse)))

    def _show_watching(self) -> None:
        watching = asking.watching(self._visit.parts.warehouse)
        told = (
            chip(f"{watching} watching" if watching > 1 else "watching", "good")
            if watching
            else f"{chip('nobody watches', 'bad')} Files wait until a worker is started."
        )
        _show(self._state, f"<p>{told}</p>")

    def tick(self) -> None:
        """Look for the answer of the pickup, as long as there is something to wait for; now and then, who watches."""
        self._ticks += 1
        if self._ticks % TICKS_BETWEEN == 0:
            self._show_watching()
        if self._asked is None:
            return
        look = asking.answered(self._visit.parts.warehouse, self._asked)
        if look is not None:
            zone = self._visit.parts.settings.business_time_zone
            found = formats.many(look.new_files, "new file")
            self._end(f"Looked at {formats.moment(look.looked_at, zone)}: {found}.")
        elif time.monotonic() > self._asked_at + PATIENCE_S:
            self._end(f"The pickup was woken and has not answered within {PATIENCE_S} s; it may be busy with a scan.")

    def _ask(self) -> None:
        self._asked = self._visit.attempt(lambda: asking.ask(self._visit.parts.warehouse, self._visit.actor))
        if self._asked is not None:
            self._asked_at = time.monotonic()
            self._button.loading = True
            _show(self._told, '<p role="status">The pickup was woken by a notification of the database…</p>')

    def _end(self, sentence: str) -> None:
        self._asked = None
        self._button.loading = False
        _show(self._told, f'<p role="status">{escaped(sentence)}</p>')
        self.refresh()


def _show(pane: object, html: str) -> None:
    if getattr(pane, "object", None) != html:
        pane.object = html  # type: ignore[attr-defined]  # a pane of ours


def _unclaimed(rows: list[store.Row]) -> str:
    if not rows:
        return "<p>Everything in the bucket belongs to a dataset.</p>"
    total = rows[0]["objects"]
    columns = (
        Column(title="Object", markup=lambda row: f"<code>{escaped(row['object_key'])}</code>"),
        Column(title="Why it is left there", show=lambda row: row["reason"]),
        Column(title="Size", show=lambda row: formats.size(row["size_bytes"]), is_number=True),
        Column(title="Seen", show=lambda row: formats.ago(row["seen_at"]), is_number=True),
    )
    shown = f", the newest {len(rows)}" if total > len(rows) else ""
    caption = f"{formats.many(total, 'object')} of no dataset{shown}"
    link = csv_link(csv_url("upload", "objects", {}), total, "objects")
    return f"{table_markup(rows, columns, caption=caption)}<p>{link}</p>"
