"""The parts of the governance summary, each a table of its own."""

from dashboard.state.governance import NAMES, GovernanceState
from dashboard.tables.asked import Asked, Make
from flows.services import governance
from flows.services.exporting import Send
from flows.services.tables import Table


def _part(name: str) -> Make:
    def make(asked: Asked, to: Send) -> int:
        state = asked.state(GovernanceState, NAMES)
        period = governance.Asked(datasets=asked.parts.datasets, first=state.first, last=state.last, zone=asked.zone)
        part = governance.PARTS[name](asked.parts.warehouse, period)
        columns = [column for column, _, _ in part.columns]
        table = Table(
            name=f"governance: {part.title}",
            columns=columns,
            rows=lambda _: ([row[column] for column in columns] for row in part.rows),
        )
        return asked.send(table, to)

    return make


TABLES: dict[tuple[str, str], Make] = {("governance", name): _part(name) for name in governance.PARTS}
