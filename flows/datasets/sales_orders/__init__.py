"""Sales orders: one row per order, revenue in Indian rupees."""

from flows.core.dataset import Aggregate, Dataset
from flows.core.held import HeldFilter, HeldFilters
from flows.datasets.sales_orders.columns import COLUMNS, DERIVED
from flows.datasets.sales_orders.rules import DUPLICATE, RULES
from flows.datasets.sales_orders.samples import good_rows
from flows.datasets.sales_orders.transform import MEASURES, derive, enrich
from flows.datasets.sales_orders.views import VIEWS

DATASET = Dataset(
    name="sales_orders",
    title="Sales orders",
    columns=COLUMNS,
    rules=RULES,
    duplicate_rule=DUPLICATE,
    held_filters=HeldFilters(
        columns=(
            HeldFilter(name="ordered_on", title="Day of the order", kind="days"),
            HeldFilter(name="region", title="Region"),
            HeldFilter(name="category", title="Category of the product"),
            HeldFilter(name="product", title="Product"),
        ),
        key="order_id",
        amount="revenue_inr",
        amount_title="Revenue",
    ),
    derived=DERIVED,
    derive=derive,
    enrich=enrich,
    references=("products",),
    key=("order_id",),
    sortable=("order_id", "ordered_on"),
    identity="bytes",
    new_version="append",
    mart_table="orders",
    aggregates=(Aggregate(table="revenue_change", group_by=("ordered_on", "region", "product"), measures=MEASURES),),
    views=VIEWS,
    example={
        "order_id": "EXAMPLE-1",
        "order_date": "2026-01-31",
        "region": "North",
        "product": "Milk 1L",
        "quantity": "4",
        "revenue": "260.74",
    },
    example_name="orders.csv",
    good_rows=good_rows,
)
