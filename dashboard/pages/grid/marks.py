"""Marks of corrected cells: who, when, from what to what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dashboard import formats
from dashboard.store.corrected import last_corrections
from dashboard.store.grid import Line
from flows.core.dataset import Dataset

if TYPE_CHECKING:
    from dashboard.visit import Visit

_ACTS = {
    "CORRECTION": "Corrected",
    "UNDO": "Taken back",
    "UPDATE": "Changed by a released row",
    "CARRIED": "Carried over from the version before",
}


def marks(visit: Visit, dataset: Dataset, lines: Sequence[Line]) -> dict[str, dict[str, str]]:
    """Return a sentence per corrected cell, by row and column; a cell whose correction was taken back has none."""
    told: dict[str, dict[str, str]] = {}
    for made in last_corrections(visit.parts.warehouse, dataset, [line.name for line in lines]):
        if made["kind"] != "UNDO":
            column = dataset.column(made["column_name"]).mart_name
            told.setdefault(made["row_key"], {})[column] = sentence(visit, made)
    return told


def sentence(visit: Visit, made: Mapping[str, Any]) -> str:
    """Return who changed a cell, when, and how."""
    when = formats.moment(made["made_at"], visit.parts.settings.business_time_zone)
    why = f" ({made['reason']})" if made["reason"] else ""
    what = f"{_value(made['old_value'])} → {_value(made['new_value'])}"
    return f"{_ACTS[made['kind']]} by {made['made_by']} on {when}: {what}{why}"


def _value(text: str | None) -> str:
    return "nothing" if text in (None, "") else str(text)
