"""The figures that must come of the real sales file, read from a database."""

from collections.abc import Callable
from typing import Any

Rows = Callable[[str], list[dict[str, Any]]]
"""Returns the rows of a query."""

RULES = {
    "missing region": "region_present",
    "negative revenue": "revenue_not_negative",
    "quantity not above zero": "quantity_above_zero",
    "missing date": "order_date_present",
    "unreadable date": "order_date_readable",
    "duplicate order id (later copy of an already accepted row)": "order_id_is_unique",
}


def figures_in(rows: Rows) -> dict[str, object]:
    """Return the figures as `expected.json` names them."""
    total = rows("select * from sales_orders.figures")[0]
    waiting = rows("select * from sales_orders.waiting")[0]
    measures = rows("select * from platform.run_measures")[0]
    regions = rows("select * from sales_orders.by_region order by region")
    categories = rows("select * from sales_orders.by_category order by category")
    products = rows("select * from sales_orders.by_product order by product")
    failed = {row["rule"]: row["failed"] for row in rows("select rule, failed from platform.run_rule")}
    held = rows("select category, sum(rows_held)::integer as held from platform.held_by_category group by 1")
    return {
        "rows_read": measures["rows_read"],
        "rows_loaded": measures["rows_loaded"],
        "rows_held": measures["rows_held"],
        "findings_by_rule": {told: failed[code] for told, code in RULES.items()},
        "held_by_primary_category": {row["category"]: row["held"] for row in held},
        "revenue_inr": str(total["revenue_inr"]),
        "quantity": total["units"],
        "average_order_value_inr": str(total["average_order_value_inr"]),
        "first_order_date": str(total["first_ordered_on"]),
        "last_order_date": str(total["last_ordered_on"]),
        "revenue_inr_by_region": {row["region"]: str(row["revenue_inr"]) for row in regions},
        "orders_by_region": {row["region"]: row["orders"] for row in regions},
        "revenue_inr_by_category": {row["category"]: str(row["revenue_inr"]) for row in categories},
        "revenue_inr_and_orders_by_product": {
            row["product"]: [str(row["revenue_inr"]), row["orders"]] for row in products
        },
        "revenue_waiting_inr": str(waiting["revenue_waiting_inr"]),
        "open_exceptions_with_waiting_revenue": waiting["open_exceptions_with_waiting_revenue"],
        "open_exceptions_without": waiting["open_exceptions_without"],
        "days_with_orders": total["days_with_orders"],
    }
