"""Which controls judged what came in, and what they still hold."""

from collections.abc import Iterator, Mapping

from flows.adapters.warehouse import Warehouse
from flows.core.dataset import Dataset
from flows.services.governance.part import Asked, Part
from sql import query

MONEY = ("_inr", "_idr")


def controls(warehouse: Warehouse, asked: Asked) -> Part:
    """Return how each rule fared."""
    return Part(
        name="controls",
        title="Controls and their effectiveness",
        says="Every declared rule in the runs of the period. Effectiveness: of the findings that a person closed, "
        "the share that was confirmed (corrected or discarded).",
        nothing="No control is declared.",
        columns=(
            ("dataset", "Dataset", "text"),
            ("rule", "Control", "code"),
            ("severity", "Severity", "text"),
            ("control", "Result", "text"),
            ("tested", "Tested", "count"),
            ("failed", "Failed", "count"),
            ("not_evaluated", "Not evaluated", "count"),
            ("closed_by_a_person", "Closed by people", "count"),
            ("effectiveness", "Effectiveness", "share"),
        ),
        rows=warehouse.rows(query("platform", "quality_controls"), dataset="", **asked.values),
    )


def open_exceptions(warehouse: Warehouse, asked: Asked) -> Part:
    """Return what was open at the end of the period."""
    return Part(
        name="open",
        title="Open exceptions",
        says="Held rows that were open at the end of the period, by age in days then. The value is what can be read "
        "as money in them, repeated orders included.",
        nothing="No exception was open at the end of the period.",
        columns=(
            ("dataset", "Dataset", "text"),
            ("category", "Category", "text"),
            ("rows_held", "Rows", "count"),
            ("under_1", "Under 1 d", "count"),
            ("under_7", "1 to 7 d", "count"),
            ("under_30", "7 to 30 d", "count"),
            ("over_30", "Over 30 d", "count"),
            ("oldest_at", "Oldest", "moment"),
            ("amount", "Value", "money"),
            ("without_amount", "Without value", "count"),
        ),
        rows=warehouse.rows(query("platform", "governance_open"), amounts=list(_money(asked.datasets)), **asked.values),
    )


def _money(datasets: Mapping[str, Dataset]) -> Iterator[str]:
    """Yield the columns that are money: their unit is their last word."""
    for dataset in datasets.values():
        yield from (column.mart_name for column in dataset.columns if column.mart_name.endswith(MONEY))
