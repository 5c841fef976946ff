"""The page of quality: measures by dataset, day and file, controls, what breaks together, and what is unusual."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from dashboard.state.quality import FILTERS, QualityState
from dashboard.store import quality as store
from dashboard.store.quality import Filter, Row
from dashboard.tables.asked import Asked, Make
from flows.core.history import Usual
from flows.services.exporting import Send
from flows.services.tables import Table

SHARES = ("first_pass_quality", "final_quality", "check_pass_rate", "exception_rate")
MEASURES = ("rows_read", *SHARES, "rows_held", "exceptions_open", "warnings")
FILE = ("run_id", "started_at", "dataset", "base_name")
CONTROL = ("dataset", "rule", "sentence", "category", "severity", "control", "tested", "failed", "not_evaluated",
           "closed_by_a_person", "confirmed", "effectiveness")  # fmt: skip
PAIR = ("dataset", "one", "other", "rows_held", "rows_of_one", "rows_of_other")
USUAL = ("usual", "usual_from", "usual_to", "standing")
VOLUME = ("dataset", "run_id", "started_at", "base_name", "rows_read", *USUAL)
MISSING = ("dataset", "run_id", "base_name", "column", "missing_share", *USUAL)
Find = Callable[[Asked, Filter], Iterable[Row]]


def _datasets(asked: Asked, chosen: Filter) -> Iterable[Row]:
    return store.figures(asked.parts.warehouse, chosen, asked.zone).by_dataset


def _days(asked: Asked, chosen: Filter) -> Iterable[Row]:
    return store.figures(asked.parts.warehouse, chosen, asked.zone).by_day


def _files(asked: Asked, chosen: Filter) -> Iterable[Row]:
    return store.files(asked.parts.warehouse, chosen, asked.zone, limit=None)


def _controls(asked: Asked, chosen: Filter) -> Iterable[Row]:
    return store.controls(asked.parts.warehouse, chosen, asked.zone)


def _pairs(asked: Asked, chosen: Filter) -> Iterable[Row]:
    return store.broken_together(asked.parts.warehouse, chosen, asked.zone)


def _volume(asked: Asked, chosen: Filter) -> Iterator[Row]:
    for name in _named(asked, chosen):
        for one in store.history(asked.parts.warehouse, name, chosen, asked.zone)[0]:
            told = {"run_id": one.run_id, "started_at": one.started_at, "base_name": one.base_name}
            yield {"dataset": name, **told, "rows_read": one.rows_read, **_usual(one.usual), "standing": one.standing}


def _missing(asked: Asked, chosen: Filter) -> Iterator[Row]:
    for name in _named(asked, chosen):
        _, newest, off = store.history(asked.parts.warehouse, name, chosen, asked.zone)
        for one in (*newest, *off):
            told = {"run_id": one.run_id, "base_name": one.base_name, "column": one.column, "missing_share": one.share}
            yield {"dataset": name, **told, **_usual(one.usual), "standing": one.standing}


def _named(asked: Asked, chosen: Filter) -> Sequence[str]:
    return [name for name in asked.parts.datasets if chosen.dataset in ("", name)]


def _usual(known: Usual | None) -> Row:
    values = (known.median, known.low, known.high) if known else (None, None, None)
    return dict(zip(USUAL, values, strict=False))


def _table(name: str, columns: Sequence[str], find: Find) -> Make:
    def make(asked: Asked, to: Send) -> int:
        state = asked.state(QualityState, FILTERS)
        chosen = Filter(**{one: getattr(state, one) for one in FILTERS})
        table = Table(
            name=f"quality: {name}",
            columns=columns,
            rows=lambda _: ([row[one] for one in columns] for row in find(asked, chosen)),
        )
        return asked.send(table, to)

    return make


TABLES: dict[tuple[str, str], Make] = {
    ("quality", "datasets"): _table("datasets", ("dataset", "runs", *MEASURES), _datasets),
    ("quality", "days"): _table("days", ("started_on", "runs", *MEASURES), _days),
    ("quality", "files"): _table("files", (*FILE, *MEASURES), _files),
    ("quality", "controls"): _table("controls", CONTROL, _controls),
    ("quality", "pairs"): _table("rules that break together", PAIR, _pairs),
    ("quality", "volume"): _table("volume", VOLUME, _volume),
    ("quality", "missing"): _table("missing cells", MISSING, _missing),
}
