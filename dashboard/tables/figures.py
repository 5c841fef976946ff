"""The page of figures: what each view of a dataset answers, every row of it."""

from dashboard.state.figures import NAMES, FiguresState
from dashboard.store import figures as store
from dashboard.tables.asked import Asked, Make
from flows.core.errors import MistakeError
from flows.datasets import datasets
from flows.services import tables
from flows.services.exporting import Send
from flows.services.tables import Table


def _answer(relation: str) -> Make:
    def make(asked: Asked, to: Send) -> int:
        name = asked.state(FiguresState, NAMES).dataset
        dataset = asked.parts.datasets.get(name)
        views = [view for view in dataset.views if view.relation == relation] if dataset else []
        if not views:
            raise MistakeError(f"name a dataset that declares the view {relation}; {name!r} does not")
        statement = store.every_row(name, views[0])
        table = Table(
            name=f"figures: {name}.{relation}",
            columns=store.columns(asked.parts.warehouse, name, views[0]),
            rows=lambda connection: tables.each(connection, statement),
        )
        return asked.send(table, to)

    return make


TABLES: dict[tuple[str, str], Make] = {
    ("figures", relation): _answer(relation)
    for relation in sorted({view.relation for dataset in datasets().values() for view in dataset.views})
}
