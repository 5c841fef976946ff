"""Ways from a figure of the sales page to its rows, loaded or held."""

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


def waiting_link(visit: Visit, chosen: Filter) -> tuple[str, str]:
    """Return the address of the open exceptions behind what is chosen, and what of the filter it leaves out, in words.

    The inbox takes the text of one cell: of the product, or else of the region.
    """
    column = "product" if chosen.product else "region" if chosen.region else ""
    text = getattr(chosen, column) if column else ""
    value = f"{column}={text}" if column else ""
    filters = {"day": chosen.days, "region": chosen.region, "category": chosen.category, "product": chosen.product}
    left_out = [name for name, is_set in filters.items() if is_set and name != column]
    there = f"held rows of {text}" if column else "all held rows"
    words = f"The link shows {there}, of every {' and every '.join(left_out)}" if left_out else ""
    return visit.link("exceptions", dataset="sales_orders", state="OPEN", value=value), words
