"""The first page: quality against target, what is held by reason, and the latest runs."""

from collections.abc import Callable, Iterable, Sequence

import param

from dashboard.store import overview as store
from dashboard.store.overview import Row
from dashboard.tables.asked import Asked, Make
from flows.adapters.warehouse import Warehouse
from flows.services.exporting import Send
from flows.services.tables import Table

QUALITY = ("dataset", "title", "runs", "first_pass_quality", "final_quality", "check_pass_rate", "exception_rate")
HELD = ("category", "dataset", "exceptions", "oldest_at")
RUN = ("run_id", "dataset", "base_name", "batch", "state", "file_state", "rows_read", "rows_loaded", "rows_held",
       "taken", "started_at", "reason")  # fmt: skip
Find = Callable[[Warehouse], Iterable[Row]]


def _table(name: str, columns: Sequence[str], find: Find) -> Make:
    def make(asked: Asked, to: Send) -> int:
        asked.state(param.Parameterized, ())
        table = Table(
            name=f"overview: {name}",
            columns=columns,
            rows=lambda _: ([row[one] for one in columns] for row in find(asked.parts.warehouse)),
        )
        return asked.send(table, to)

    return make


TABLES: dict[tuple[str, str], Make] = {
    ("overview", "quality"): _table("quality against target", QUALITY, store.quality),
    ("overview", "held"): _table("held, by reason", HELD, store.held),
    ("overview", "runs"): _table("latest runs", RUN, store.latest_runs),
}
