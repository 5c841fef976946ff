"""Ways from a figure of the sales page to its rows, loaded or held."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboard.state.exceptions import SAYS
from dashboard.store import sales as store
from dashboard.store.remembered import remembered
from dashboard.store.sales import Filter
from flows.core.held import WAITS

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


def waiting_link(visit: Visit, chosen: Filter, waits: str) -> str:
    """Return the address of exactly the open exceptions behind one of the figures of what waits.

    Args:
        waits: `YES`, `NO` or `PERHAPS`.
    """
    return visit.link("exceptions", **waiting_query(chosen, waits))


def waiting_query(chosen: Filter, waits: str) -> dict[str, str]:
    """Return what the inbox shows, as it stands in its address."""
    days = f"{chosen.first}..{chosen.last}" if chosen.days else ""
    says = {"ordered_on": days, "region": chosen.region, "category": chosen.category, "product": chosen.product}
    told = {parameter: (says | {WAITS: waits}).get(name, "") for parameter, name in SAYS.items()}
    return {"dataset": "sales_orders", **told}
