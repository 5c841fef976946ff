"""Cells that people wrote while a row was held, before it was released: the part of its history before the mart."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flows.adapters.warehouse import Warehouse
from flows.core.dataset import Dataset
from flows.services import corrections
from flows.services.loaded_rows import find_row
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


def whole_history(warehouse: Warehouse, dataset: Dataset, row: str) -> list[dict[str, Any]]:
    """Return what people changed of a row, oldest first: while it was held, as kind `HELD`, and since it was loaded.

    Raises:
        MistakeError: There is no such row.
    """
    found = corrections.history(warehouse, dataset, row)
    if found:
        place = (str(found[-1]["run_id"]), int(found[-1]["line"]))
    else:
        with warehouse.transaction() as connection:
            loaded = find_row(connection, dataset, row)
        place = (str(loaded["run_id"][0]), int(loaded["line"][0]))
    absent: dict[str, Any] = {"correction_id": None, "undoes": None, "carried_from": None, "warnings": []}
    held = [
        {**absent, **one, "kind": "HELD", "told": one["new_value"], "run_id": place[0], "line": place[1]}
        for one in held_cells(warehouse, dataset, [place])[place]
    ]
    return sorted([*held, *found], key=lambda one: one["made_at"])


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
