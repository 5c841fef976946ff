"""What the sales page shows; every answer obeys the same filter."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from psycopg import sql

from flows.adapters.warehouse import Warehouse
from sql import query

Row = dict[str, Any]
By = Literal["region", "category", "product", "day", "month"]
_EXPRESSIONS: dict[By, sql.Composable] = {
    "region": sql.SQL("g.region"),
    "category": sql.SQL("g.category"),
    "product": sql.SQL("g.product"),
    "day": sql.SQL("g.ordered_on"),
    "month": sql.SQL("date_trunc('month', g.ordered_on)::date"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What a person looks at; an empty text or None leaves it open.

    Attributes:
        first: First day, included; with it `last` is needed.
        last: Last day, included.
    """

    first: date | None = None
    last: date | None = None
    region: str = ""
    category: str = ""
    product: str = ""

    @property
    def days(self) -> int:
        """Days of the period; 0 where it is open."""
        return (self.last - self.first).days + 1 if self.first and self.last else 0

    @property
    def values(self) -> dict[str, object]:
        """The values that the queries bind."""
        return {
            "first": self.first,
            "last": self.last,
            "region": self.region,
            "category": self.category,
            "product": self.product,
        }


def figures(warehouse: Warehouse, chosen: Filter) -> Row:
    """Return revenue, orders, average order value, active products and units, and those of the period before."""
    return warehouse.rows(query("sales_orders", "sales_figures"), **chosen.values)[0]


def sold_by(warehouse: Warehouse, chosen: Filter, by: By) -> list[Row]:
    """Return the figures by region, category, product, day or month: `value` and the measures, in its order."""
    statement = sql.SQL(query("sales_orders", "sales_by")).format(by=_EXPRESSIONS[by])
    with warehouse.transaction() as connection:
        return connection.execute(statement, chosen.values).fetchall()


def choices(warehouse: Warehouse) -> Row:
    """Return the regions, categories and products there are, and the first and last day."""
    return warehouse.rows(query("sales_orders", "sales_choices"))[0]


def waiting(warehouse: Warehouse, chosen: Filter) -> Row:
    """Return the revenue that waits in open exceptions, and in how many; what can't be told apart is counted apart."""
    return warehouse.rows(query("sales_orders", "sales_waiting"), **chosen.values)[0]


def products_of(warehouse: Warehouse, category: str) -> list[str]:
    """Return the products of a category that were sold."""
    rows = warehouse.rows(
        "select product from sales_orders.by_product where category = %(category)s order by product", category=category
    )
    return [row["product"] for row in rows]
