"""The sales page: what stands behind its tiles and its charts; and the product table."""

from collections.abc import Iterator
from typing import get_args

from dashboard.state.sales import NAMES, SalesState
from dashboard.store import sales as store
from dashboard.store.sales import By
from dashboard.tables.asked import Asked, Make
from flows.services import products
from flows.services.exporting import Send
from flows.services.tables import Table

MEASURES = ("revenue_inr", "orders", "units", "average_order_value_inr", "active_products")
WAITING = (
    "revenue_waiting_inr", "open_exceptions_with_waiting_revenue", "open_exceptions_without", "revenue_perhaps_inr",
    "open_exceptions_perhaps",
)  # fmt: skip
PRODUCTS = ("product", "category", "orders", "revenue_inr")


def _figures(asked: Asked, to: Send) -> int:
    """Send the figures of the tiles: one row for the period, one for the period before where there is one.

    Nobody knows what waited before: that row has no values there.
    """
    chosen = asked.state(SalesState, NAMES).chosen()
    warehouse = asked.parts.warehouse

    def rows(_: object) -> Iterator[list[object]]:
        found, waits = store.figures(warehouse, chosen), store.waiting(warehouse, chosen)
        yield ["chosen", *(found[name] for name in MEASURES), *(waits[name] for name in WAITING)]
        if chosen.days:
            yield ["the period before", *(found[f"{name}_before"] for name in MEASURES), *(None for _ in WAITING)]

    return asked.send(Table(name="sales figures", columns=("period", *MEASURES, *WAITING), rows=rows), to)


def _by(by: By) -> Make:
    def make(asked: Asked, to: Send) -> int:
        chosen = asked.state(SalesState, NAMES).chosen()
        warehouse = asked.parts.warehouse
        table = Table(
            name=f"sales by {by}",
            columns=(by, *MEASURES),
            rows=lambda _: (
                [row[name] for name in ("value", *MEASURES)] for row in store.sold_by(warehouse, chosen, by)
            ),
        )
        return asked.send(table, to)

    return make


def _products(asked: Asked, to: Send) -> int:
    asked.state(SalesState, ())
    found = products.products(asked.parts.warehouse)
    table = Table(
        name="product table", columns=PRODUCTS, rows=lambda _: ([row[name] for name in PRODUCTS] for row in found)
    )
    return asked.send(table, to)


TABLES: dict[tuple[str, str], Make] = {
    ("sales", "figures"): _figures,
    ("products", "products"): _products,
    **{("sales", by): _by(by) for by in get_args(By)},
}
