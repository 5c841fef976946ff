"""The telco page: packages by each way to look at them, price per GB, what changed, and the thresholds."""

from typing import get_args

from dashboard.state.telco import COMPARED, FILTERS, TelcoState
from dashboard.store import telco as store
from dashboard.store.telco import By
from dashboard.tables.asked import Asked, Make
from flows.core.errors import MistakeError
from flows.services import thresholds
from flows.services.exporting import Send
from flows.services.tables import Table

BY = ("packages", "mean_price_idr")
OF_SPREAD = "price_per_gb_idr"
AMOUNTS = tuple(f"{name}_{OF_SPREAD}" for name in ("lowest", "quartile_1", "median", "quartile_3", "highest"))
SPREAD = ("operator", "packages", "mean_price_idr", "packages_without_quota", *AMOUNTS)
CHANGE = ("change", "package_name", "commercial_name", "price_before_idr", "price_idr")
THRESHOLD = ("operator", "starts_on", "medium_from_idr", "high_from_idr", "created_by", "reason")


def _by(by: By) -> Make:
    def make(asked: Asked, to: Send) -> int:
        chosen = asked.state(TelcoState, FILTERS).chosen()
        warehouse = asked.parts.warehouse
        table = Table(
            name=f"telco packages by {by}",
            columns=(by, *BY),
            rows=lambda _: ([row[name] for name in ("value", *BY)] for row in store.packages_by(warehouse, chosen, by)),
        )
        return asked.send(table, to)

    return make


def _price_per_gb(asked: Asked, to: Send) -> int:
    chosen = asked.state(TelcoState, FILTERS).chosen()
    _, operators = store.spread(asked.parts.warehouse, chosen)
    table = Table(
        name="price per GB", columns=SPREAD, rows=lambda _: ([row[name] for name in SPREAD] for row in operators)
    )
    return asked.send(table, to)


def _changes(asked: Asked, to: Send) -> int:
    state = asked.state(TelcoState, COMPARED)
    pair = state.named_pair()
    if pair is None:
        raise MistakeError("name the series and the two days that are compared")
    found = [row for row in store.changes(asked.parts.warehouse, pair) if state.kind in ("", row["change"])]
    table = Table(
        name="changed packages", columns=CHANGE, rows=lambda _: ([row[name] for name in CHANGE] for row in found)
    )
    return asked.send(table, to)


def _thresholds(asked: Asked, to: Send) -> int:
    asked.state(TelcoState, ())
    found = thresholds.thresholds(asked.parts.warehouse)
    table = Table(
        name="price thresholds", columns=THRESHOLD, rows=lambda _: ([row[name] for name in THRESHOLD] for row in found)
    )
    return asked.send(table, to)


TABLES: dict[tuple[str, str], Make] = {
    ("telco", "price_per_gb"): _price_per_gb,
    ("telco", "changes"): _changes,
    ("telco", "thresholds"): _thresholds,
    **{("telco", by): _by(by) for by in get_args(By)},
}
