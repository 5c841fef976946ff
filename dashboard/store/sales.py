"""What the sales page shows; every answer obeys the same filter."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
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


def waiting(warehouse: Warehouse) -> tuple[Decimal, int, int]:
    """Return the revenue that waits in open exceptions, how many hold it, and how many have no such value."""
    row = warehouse.rows("select * from sales_orders.waiting")[0]
    return (
        row["revenue_waiting_inr"],
        row["open_exceptions_with_waiting_revenue"],
        row["open_exceptions_without"],
    )
