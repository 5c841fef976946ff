"""Corrections that could not follow to a newer version of their file: each waits for a person's decision."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import panel_material_ui as pmui
from panel.viewable import Viewable

from dashboard import formats
from dashboard.formats import escaped
from dashboard.parts.card import card
from dashboard.parts.exported import csv_link, csv_url
from dashboard.parts.layout import place
from dashboard.parts.table import Row
from dashboard.parts.text import markup
from flows.services import conflicts as service
from flows.services import corrections
from flows.services.accounts import Role

if TYPE_CHECKING:
    from dashboard.visit import Visit

SHOWN = 10


class Conflicts:
    """The card; it is not there while nothing waits.

    Attributes:
        view: The card.
    """

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._place = place()
        self._told = markup("")
        self._shown: tuple[str, list[int]] = ("", [])
        self.view = card(
            "Corrections that did not follow",
            self._told,
            self._place,
            says="A newer version of a file says something else where a person had corrected the version before.",
        )
        self.view.visible = False

    def refresh(self, dataset: str) -> None:
        """Show what waits now."""
        rows = corrections.conflicts(self._visit.parts.warehouse, dataset)
        ids = [row["conflict_id"] for row in rows]
        if (dataset, ids) == self._shown:
            return
        self._shown = (dataset, ids)
        self.view.visible = bool(rows)
        shown = rows[:SHOWN]
        waits = f"{formats.count(len(rows))} wait for a decision, {len(shown)} are shown."
        link = csv_link(csv_url("exceptions", "conflicts", {"dataset": dataset}), len(rows), "corrections")
        self._told.object = f"<p>{'1 waits for a decision.' if len(rows) == 1 else waits} {link}</p>"
        self._place[:] = [self._one(row) for row in shown]

    def _one(self, row: Row) -> Viewable:
        may = self._visit.may(Role.EDITOR)
        take = _button("Write the correction again", "contained", lambda: self._take(row))
        leave = _button("Leave it as the file says", "outlined", lambda: self._ask_leave(row))
        take.disabled, leave.disabled = not may or row["line"] is None, not may
        sx = {"flexWrap": "wrap", "gap": 1, "py": 1, "alignItems": "center"}
        return pmui.Row(markup(self._words(row)), take, leave, margin=0, sizing_mode="stretch_width", sx=sx)

    def _words(self, row: Row) -> str:
        at = f", line {row['line']}" if row["line"] is not None else ""
        run = escaped(self._visit.link("runs", run=row["run_id"]))
        return (
            f"<p><strong>{escaped(row['column_name'])}</strong> of "
            f'<a href="{run}">{escaped(row["base_name"])}</a>{at}: '
            f"corrected from {_cell(row['made_on'])} to {_cell(row['corrected_to'])}, the file now says "
            f'{_cell(row["found"])}</p><p class="q-says">{escaped(row["reason"])}; {formats.ago(row["opened_at"])}</p>'
        )

    def _take(self, row: Row) -> None:
        parts = self._visit.parts
        self._visit.attempt(
            lambda: service.take(parts.warehouse, self._visit.actor, parts.datasets, row["conflict_id"]),
            f"{row['column_name']} is {row['corrected_to'] or formats.NOTHING} again",
        )

    def _ask_leave(self, row: Row) -> None:
        self._visit.confirm(
            "Leave the row as the newer file says?",
            "The correction stays in the history, and nobody is asked again.",
            lambda reason: self._leave(row, reason),
            needs_reason=True,
            yes="Leave it",
        )

    def _leave(self, row: Row, reason: str) -> None:
        warehouse, actor = self._visit.parts.warehouse, self._visit.actor
        self._visit.attempt(
            lambda: corrections.settle_conflict(warehouse, actor, row["conflict_id"], reason=reason),
            "The row stays as the file says",
        )


def _cell(text: str | None) -> str:
    return f"<code>{escaped(text)}</code>" if text else formats.NOTHING


def _button(label: str, variant: str, act: Callable[[], None]) -> pmui.Button:
    button = pmui.Button(label=label, variant=variant, margin=0, size="small")
    button.on_click(lambda _: act())
    return button
