"""Controls, and which of them break together, as markup."""

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

CONTROLS = {"PASSED": "good", "FAILED": "bad", "NOT_EVALUATED": "neutral"}
PAIRS = 12


def controls(rows: Sequence[Row], visit: Visit) -> str:
    """Return each control with its tallies and its effectiveness."""

    def failed(row: Row) -> str:
        number = formats.count(row["failed"])
        if not row["failed"] or row["severity"] != "error":
            return number
        link = escaped(visit.link("exceptions", dataset=row["dataset"], rule=row["rule"]))
        return f'<a href="{link}">{number}</a>'

    def effect(row: Row) -> str:
        if row["effectiveness"] is None:
            return '<span class="q-note">none closed</span>'
        return (
            f"{formats.share(row['effectiveness'])}<small>{formats.count(row['confirmed'])} of "
            f"{formats.count(row['closed_by_a_person'])}</small>"
        )

    columns = (
        Column(
            title="Control",
            markup=lambda row: (
                f'<div class="q-file">{escaped(row["rule"])}<small>{escaped(row["sentence"])}</small></div>'
            ),
        ),
        Column(title="Dataset", show=lambda row: visit.parts.datasets[row["dataset"]].title),
        Column(title="Result", markup=lambda row: chip(words(row["control"]), _meaning(row))),
        Column(title="Severity", show=lambda row: row["severity"]),
        Column(title="Tested", show=lambda row: formats.count(row["tested"]), is_number=True),
        Column(title="Failed", markup=failed, is_number=True),
        Column(title="Not evaluated", show=lambda row: formats.count(row["not_evaluated"]), is_number=True),
        Column(title="Pass rate", show=_pass_rate, is_number=True),
        Column(title="Effectiveness", markup=effect, is_number=True),
    )
    told, passed = ([row for row in rows if (row["control"] == "PASSED") is is_it] for is_it in (False, True))
    first = (
        table_markup(told, columns, caption=f"{formats.many(len(rows), 'control')}, what fails most first")
        if told
        else ""
    )
    if not passed:
        return first
    rest = table_markup(passed, columns, caption="Controls that no row failed")
    title = f"{formats.many(len(passed), 'control')} that no row failed"
    return f'{first}<details class="q-more"{"" if told else " open"}><summary>{title}</summary>{rest}</details>'


def _meaning(row: Row) -> str:
    return "held" if row["control"] == "FAILED" and row["severity"] == "warning" else CONTROLS[row["control"]]


def _pass_rate(row: Row) -> str:
    if not row["tested"]:
        return formats.NOTHING
    return formats.share((row["tested"] - row["failed"]) / row["tested"], decimals=2)


def pairs(rows: Sequence[Row], visit: Visit) -> str:
    """Return pairs of rules with the rows that broke both, and what part of each rule's rows that is."""
    if not rows:
        return '<p class="q-note">No held row broke more than one rule.</p>'
    most = max(row["rows_held"] for row in rows)

    def rule(row: Row, name: str) -> str:
        link = escaped(visit.link("exceptions", dataset=row["dataset"], rule=row[name]))
        part = formats.share(row["rows_held"] / row[f"rows_of_{name}"])
        rows_of_it = formats.many(row[f"rows_of_{name}"], "row")
        return f'<a href="{link}">{escaped(row[name])}</a><small>{part} of its {rows_of_it}</small>'

    columns = (
        Column(title="Rule", markup=lambda row: rule(row, "one")),
        Column(title="breaks together with", markup=lambda row: rule(row, "other")),
        Column(title="Rows", show=lambda row: formats.count(row["rows_held"]), is_number=True),
        Column(
            title="Beside the others",
            markup=lambda row: (
                f'<div class="q-lane" aria-hidden="true"><i style="left:0;width:{row["rows_held"] / most * 100:.1f}%">'
                "</i></div>"
            ),
        ),
        Column(title="Dataset", show=lambda row: visit.parts.datasets[row["dataset"]].title),
    )
    shown = rows[:PAIRS]
    caption = "Pairs, most rows first" + (f", {PAIRS} of {len(rows)}" if len(rows) > PAIRS else "")
    return table_markup(shown, columns, caption=caption)
