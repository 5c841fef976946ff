"""The audit trail."""

from dashboard.state.audit import FILTERS, AuditState
from dashboard.store import audit as store
from dashboard.store.audit import Filter
from dashboard.tables.asked import Asked, Make
from flows.core.errors import MistakeError
from flows.services import tables, trail
from flows.services.exporting import Send
from flows.services.tables import Table


def _events(asked: Asked, to: Send) -> int:
    state = asked.state(AuditState, FILTERS)
    parts = asked.parts
    chosen = Filter(**{name: getattr(state, name) for name in FILTERS})
    wanted = store.wanted(parts.warehouse, chosen, parts.settings.business_time_zone)
    if wanted is None:
        raise MistakeError(f"no run, or more than one, begins with {chosen.run!r}")
    table = Table(
        name="audit events",
        columns=trail.COLUMNS,
        rows=lambda connection: tables.each(connection, trail.selection(wanted)),
    )
    return asked.send(table, to)


TABLES: dict[tuple[str, str], Make] = {("audit", "events"): _events}
