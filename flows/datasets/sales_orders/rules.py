"""The controls of a sales file: one line each, in the order in which a person reads them."""

import polars as pl

from flows.core.judging import not_negative, present_rule, readable_rule
from flows.core.rules import Category, Rule, Severity, raw
from flows.datasets.sales_orders.columns import COLUMNS, REGIONS

_UNREADABLE = {
    "order_id": "X" * 201,
    "order_date": "invalid_date",
    "product": "X" * 501,
    "quantity": "two",
    "revenue": "inf",
}

RULES = (
    *(present_rule(column.name) for column in COLUMNS),
    *(
        readable_rule(column.name, column.mart_name, column.kind.expected, _UNREADABLE[column.name])
        for column in COLUMNS
        if column.name in _UNREADABLE
    ),
    Rule(
        code="region_is_known",
        category=Category.BUSINESS_RULE_VIOLATION,
        column="region",
        holds=pl.when(raw("region").is_not_null()).then(pl.col("region").is_in(REGIONS)),
        sentence=f"region is one of {', '.join(REGIONS)}.",
        message=f"region is {{region}}, expected one of {', '.join(REGIONS)}",
        breaks={"region": "Nowhere"},
    ),
    Rule(
        code="quantity_above_zero",
        category=Category.BUSINESS_RULE_VIOLATION,
        column="quantity",
        holds=pl.col("quantity") > 0,
        sentence="quantity is above zero.",
        message="quantity is {quantity}, expected more than 0",
        breaks={"quantity": "0"},
    ),
    Rule(
        code="revenue_not_negative",
        category=Category.BUSINESS_RULE_VIOLATION,
        column="revenue",
        holds=not_negative("revenue", "revenue_inr"),
        sentence="revenue is zero or more.",
        message="revenue is {revenue}, expected 0 or more",
        breaks={"revenue": "-0.01"},
    ),
    Rule(
        code="product_is_in_the_product_table",
        category=Category.DATA_QUALITY_ISSUE,
        severity=Severity.WARNING,
        column="product",
        holds=pl.when(pl.col("product").is_not_null()).then(pl.col("category").is_not_null()),
        sentence="product is in the product table.",
        message="product {product} is not in the product table and counts as Uncategorised",
        breaks={"product": "Unheard-of Juice"},
    ),
    Rule(
        code="order_date_not_after_landing",
        category=Category.DATA_QUALITY_ISSUE,
        severity=Severity.WARNING,
        column="order_date",
        holds=pl.col("ordered_on") <= pl.col("landed_on"),
        sentence="order_date is not after the day on which the file landed.",
        message="order_date {order_date} is after the landing day {landed_on}",
        breaks={"order_date": "9999-12-31"},
    ),
)

DUPLICATE = Rule(
    code="order_id_is_unique",
    category=Category.DATA_QUALITY_ISSUE,
    column="order_id",
    sentence="order_id names one order, in the file and in all that is loaded.",
    message="another row stands under this order id with other values",
    may_be_waived=True,
)
