"""The cells of shown rows that people corrected, and what happened to one row."""

from collections.abc import Sequence
from typing import Any

from flows.adapters.warehouse import Warehouse
from flows.core.dataset import Dataset
from sql import query


def last_corrections(warehouse: Warehouse, dataset: Dataset, names: Sequence[str]) -> list[dict[str, Any]]:
    """Return the last correction of each cell of rows, by name of the row."""
    statement = query("platform", "last_corrections")
    return warehouse.rows(statement, dataset=dataset.name, names=list(names))
