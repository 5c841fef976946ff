"""Ways from a figure of the sales page to its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboard.store import sales as store
from dashboard.store.remembered import remembered
from dashboard.store.sales import Filter

if TYPE_CHECKING:
    from dashboard.visit import Visit

SEPARATOR = "~"


def rows_link(visit: Visit, chosen: Filter) -> str:
    """Return the address of the rows behind what is chosen; a category is named by its products."""
    product = chosen.product
    if chosen.category and not product:
        product = SEPARATOR.join(remembered(store.products_of, visit.parts.warehouse, chosen.category))
    days = f"{chosen.first}..{chosen.last}" if chosen.days else ""
    return visit.link("grid", dataset="sales_orders", region=chosen.region, product=product, ordered_on=days)
