"""Cells that people wrote while a row was held, before it was released: the part of its history before the mart."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flows.adapters.warehouse import Warehouse
from flows.core.dataset import Dataset
from sql import PLATFORM, query

Place = tuple[str, int]
"""Run and line of a row."""


def held_cells(
    warehouse: Warehouse, dataset: Dataset, places: Sequence[Place]
) -> defaultdict[Place, list[dict[str, Any]]]:
    """Return what people wrote into loaded rows while they were held, oldest first, by place of the row.

    Returns:
        One entry per cell and act that changed its text: `column_name`, `old_value`, `new_value`, `made_at`,
        `made_by`, `reason`. The values are texts as files have them; the old one is null where the record could not
        be read as fields. Rows that were never held, or that pass today as their file gave them, have none.
    """
    changed: defaultdict[Place, list[dict[str, Any]]] = defaultdict(list)
    if not places:
        return changed
    texts: dict[Place, dict[str, str]] = {}
    values = {"run_ids": [run for run, _ in places], "lines": [line for _, line in places]}
    for act in warehouse.rows(query(PLATFORM, "held_cells"), **values):
        place = (act["run_id"], act["line"])
        before = texts.setdefault(place, dict(act["read"] or {}))
        changed[place].extend(_changed(dataset, before, act))
    return changed


def _changed(dataset: Dataset, before: dict[str, str], act: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Return the cells that an act changed, and let them stand in the texts before the next one."""
    for name, text in act["cells"].items():
        column = dataset.column(name).name
        if before.get(column) != text:
            yield {
                **{one: act[one] for one in ("made_at", "made_by", "reason")},
                "column_name": column,
                "old_value": before.get(column),
                "new_value": text,
            }
            before[column] = text
