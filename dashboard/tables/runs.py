"""The list of runs."""

from dashboard.state.runs import FILTERS, RunsState
from dashboard.store import runs as store
from dashboard.store.runs import Filter
from dashboard.tables.asked import Asked, Make
from flows.services import tables
from flows.services.exporting import Send
from flows.services.tables import Table


def _runs(asked: Asked, to: Send) -> int:
    state = asked.state(RunsState, FILTERS)
    chosen = Filter(**{name: getattr(state, name) for name in FILTERS})
    statement, values = store.every_run(chosen, asked.parts.settings.business_time_zone)
    table = Table(
        name="runs",
        columns=store.EXPORTED,
        rows=lambda connection: tables.each(connection, statement, values),
    )
    return asked.send(table, to)


TABLES: dict[tuple[str, str], Make] = {("runs", "runs"): _runs}
