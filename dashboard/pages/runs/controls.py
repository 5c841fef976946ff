"""The controls of one run, and what they held, as markup."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dashboard import formats
from dashboard.formats import escaped
from dashboard.parts.drawn import words
from dashboard.parts.table import Column, Row, table_markup
from dashboard.parts.text import chip

if TYPE_CHECKING:
    from dashboard.visit import Visit

CONTROL_MEANINGS = {"PASSED": "good", "FAILED": "bad", "NOT_EVALUATED": "neutral"}


def controls(rows: Sequence[Row], run: Row, visit: Visit) -> str:
    """Return every rule with its counts, what failed first."""
    if not rows:
        return '<p class="q-note">No rule judged a row of this run.</p>'
    link = visit.link
    columns = (
        Column(
            title="Control",
            markup=lambda row: f"{escaped(row['rule'])}<small>{escaped(row['sentence'])}</small>",
        ),
        Column(title="Result", markup=lambda row: chip(words(row["control"]), _meaning(row))),
        Column(title="Severity", show=lambda row: row["severity"]),
        Column(title="Tested", show=lambda row: formats.count(row["tested"]), is_number=True),
        Column(
            title="Failed",
            markup=lambda row: (
                f'<a href="{escaped(link("exceptions", run=run["run_id"], rule=row["rule"]))}">'
                f"{formats.count(row['failed'])}</a>"
                if row["failed"] and row["severity"] == "error" and run["state"] == "COMPLETED"
                else formats.count(row["failed"])
            ),
            is_number=True,
        ),
        Column(title="Not evaluated", show=lambda row: formats.count(row["not_evaluated"]), is_number=True),
    )
    return table_markup(rows, columns, caption=formats.many(len(rows), "control"))


def _meaning(row: Row) -> str:
    if row["control"] == "FAILED" and row["severity"] == "warning":
        return "held"
    return CONTROL_MEANINGS[row["control"]]


def held(rows: Sequence[Row], run: Row, visit: Visit) -> str:
    """Return held rows by reason and what became of them."""
    if not rows:
        return '<p class="q-note">No row of this run is or was held.</p>'

    def reason(row: Row) -> str:
        link = visit.link("exceptions", run=run["run_id"], category=row["category"], state=row["state"])
        return f'<a href="{escaped(link)}">{escaped(words(row["category"]))}</a>'

    columns = (
        Column(title="Reason", markup=reason),
        Column(
            title="State", markup=lambda row: chip(words(row["state"]), "held" if row["state"] == "OPEN" else "neutral")
        ),
        Column(title="Rows", show=lambda row: formats.count(row["rows_held"]), is_number=True),
    )
    return table_markup(rows, columns)
