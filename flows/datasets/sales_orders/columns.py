"""What the columns of a sales file mean."""

from flows.core.dataset import Column, Derived
from flows.core.kinds import Choice, Day, Money, Text, WholeNumber

REGIONS = ("North", "South", "East", "West", "Central")

COLUMNS = (
    Column(name="order_id", mart_name="order_id", kind=Text(200), meaning="Name of the order, unique for ever."),
    Column(name="order_date", mart_name="ordered_on", kind=Day(), meaning="Day of the order as written in the file."),
    Column(name="region", mart_name="region", kind=Choice(REGIONS), meaning="Sales region in its canonical form."),
    Column(name="product", mart_name="product", kind=Text(500), meaning="Product as written in the file."),
    Column(name="quantity", mart_name="quantity", kind=WholeNumber(), meaning="Units sold."),
    Column(
        name="revenue",
        mart_name="revenue_inr",
        kind=Money(groups_in_twos=True),
        meaning="Revenue of the order in rupees.",
    ),
)

DERIVED = (
    Derived(
        name="unit_revenue_inr",
        postgres_type="numeric(18,2)",
        meaning="Rounded revenue / quantity, rounded half away from zero.",
    ),
)
