"""Marks of corrected cells: who, when, from what to what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dashboard import formats
from dashboard.store.corrected import last_corrections
from dashboard.store.grid import Line
from flows.core.dataset import Dataset
from flows.services.held_cells import held_cells

if TYPE_CHECKING:
    from dashboard.visit import Visit

HELD = "HELD"
ACTS = {
    HELD: "Corrected while held",
    "CORRECTION": "Corrected",
    "UNDO": "Taken back",
    "UPDATE": "Changed by a released row",
    "CARRIED": "Carried over from the version before",
}
Marks = dict[str, dict[str, str]]


def marks(visit: Visit, dataset: Dataset, lines: Sequence[Line]) -> Marks:
    """Return what to say of each cell that people changed, by row and column.

    What was written while the row was held comes first, the last correction of the loaded cell below it; a loaded cell
    whose correction was taken back has no mark of it.
    """
    told = _held(visit, dataset, lines)
    for made in last_corrections(visit.parts.warehouse, dataset, [line.name for line in lines]):
        column = dataset.column(made["column_name"]).mart_name
        of_row = told.setdefault(made["row_key"], {})
        if made["kind"] != "UNDO" or column in of_row:
            of_row[column] = "\n".join(filter(None, (of_row.get(column), sentence(visit, made))))
    return told


def sentence(visit: Visit, made: Mapping[str, Any]) -> str:
    """Return who changed a cell, when, and how."""
    when = formats.moment(made["made_at"], visit.parts.settings.business_time_zone)
    why = f" ({made['reason']})" if made["reason"] else ""
    what = f"{_value(made['old_value'])} → {_value(made['new_value'])}"
    return f"{ACTS[made['kind']]} by {made['made_by']} on {when}: {what}{why}"


def _held(visit: Visit, dataset: Dataset, lines: Sequence[Line]) -> Marks:
    """Return what was last written into each cell while its row was held."""
    found = held_cells(visit.parts.warehouse, dataset, [line.place for line in lines])
    return {
        line.name: {
            dataset.column(made["column_name"]).mart_name: sentence(visit, {**made, "kind": HELD})
            for made in found[line.place]
        }
        for line in lines
        if line.place in found
    }


def _value(text: str | None) -> str:
    return "nothing" if text in (None, "") else str(text)
