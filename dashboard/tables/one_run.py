"""One run: its stages, its controls, what of it is held, and what differs from another run."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from dashboard.state.runs import RunsState
from dashboard.store import runs as store
from dashboard.store.runs import Row
from dashboard.tables.asked import Asked, Make
from flows.adapters.warehouse import Warehouse
from flows.core.errors import MistakeError
from flows.services.exporting import Send
from flows.services.tables import Table

STAGE = ("stage", "tries", "started_at", "ended_at", "seconds", "counts")
CONTROL = ("rule", "sentence", "control", "category", "severity", "tested", "failed", "not_evaluated")
HELD = ("category", "state", "rows_held")
MEASURE = ("measure", "run", "other_run")
RULE = ("rule", "failed", "tested", "other_failed", "other_tested")
Cells = Iterator[Sequence[object]]


def _one(asked: Asked, told: str) -> Row:
    run = store.found(asked.parts.warehouse, told) if told else None
    if run is None:
        raise MistakeError(f"no run, or more than one, begins with {told!r}")
    return run


def _of_run(name: str, columns: Sequence[str], find: Callable[[Warehouse, Row], Iterable[Row]]) -> Make:
    def make(asked: Asked, to: Send) -> int:
        run = _one(asked, asked.state(RunsState, ("run",)).run)
        table = Table(
            name=f"{name} of a run",
            columns=columns,
            rows=lambda _: ([row[one] for one in columns] for row in find(asked.parts.warehouse, run)),
        )
        return asked.send(table, to)

    return make


def _of_two(name: str, columns: Sequence[str], find: Callable[[Warehouse, Row, Row], Cells]) -> Make:
    def make(asked: Asked, to: Send) -> int:
        state = asked.state(RunsState, ("run", "compare"))
        run, other = (_one(asked, told) for told in (state.run, state.compare))
        table = Table(
            name=f"{name} of two runs",
            columns=columns,
            rows=lambda _: find(asked.parts.warehouse, run, other),
        )
        return asked.send(table, to)

    return make


def _stages(warehouse: Warehouse, run: Row) -> Iterator[Row]:
    for stage in store.stages(store.events(warehouse, run["run_id"])):
        seconds = (stage.ended_at - stage.started_at).total_seconds() if stage.ended_at else None
        times = {"started_at": stage.started_at, "ended_at": stage.ended_at, "seconds": seconds}
        yield {"stage": stage.name, "tries": stage.tries, **times, "counts": stage.counts}


def _measures(_: Warehouse, run: Row, other: Row) -> Cells:
    yield from ([name, run[name], other[name]] for name in store.COMPARED)


def _rules(warehouse: Warehouse, run: Row, other: Row) -> Cells:
    mine, others = (store.controls(warehouse, one["run_id"]) for one in (run, other))
    for name, here, there in store.beside(mine, others):
        yield [name, *(row and row[count] for row in (here, there) for count in ("failed", "tested"))]


TABLES: dict[tuple[str, str], Make] = {
    ("runs", "stages"): _of_run("stages", STAGE, _stages),
    ("runs", "controls"): _of_run("controls", CONTROL, lambda warehouse, run: store.controls(warehouse, run["run_id"])),
    ("runs", "held"): _of_run("held rows by reason", HELD, lambda warehouse, run: store.held(warehouse, run["run_id"])),
    ("runs", "measures"): _of_two("measures", MEASURE, _measures),
    ("runs", "rules"): _of_two("controls", RULE, _rules),
}
