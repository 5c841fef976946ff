"""One row of the grid: who changed what, while it was held and since."""

from typing import Any

from dashboard.state.grid import GridState
from dashboard.tables.asked import Asked, Make
from flows.core.errors import MistakeError
from flows.services.exporting import Send
from flows.services.held_cells import whole_history
from flows.services.tables import Table

HISTORY = ("made_at", "made_by", "kind", "column_name", "old_value", "new_value", "told", "reason", "warnings",
           "correction_id", "undoes", "carried_from", "run_id", "line")  # fmt: skip


def _history(asked: Asked, to: Send) -> int:
    state: Any = asked.state(GridState, ("dataset", "row"))  # Any: made of what the datasets declare
    if not state.row:
        raise MistakeError("name the row whose history is wanted")
    found = whole_history(asked.parts.warehouse, asked.parts.datasets[state.dataset], state.row)
    table = Table(
        name="history of a row", columns=HISTORY, rows=lambda _: ([row[one] for one in HISTORY] for row in found)
    )
    return asked.send(table, to)


TABLES: dict[tuple[str, str], Make] = {("grid", "history"): _history}
