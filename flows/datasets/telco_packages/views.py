"""The questions that the telco page answers; each relation is a view in `sql/telco_packages/migrations`."""

from flows.core.views import View

_COUNTED = {"chart": "bar", "y": "packages", "unit": "packages"}

VIEWS = (
    View(question="How many packages has each operator?", relation="by_operator", x="operator", **_COUNTED),
    View(question="And each city?", relation="by_city", x="city", **_COUNTED),
    View(question="And each area?", relation="by_area", x="area", **_COUNTED),
    View(question="How are prices spread over tiers?", relation="by_price_tier", x="price_tier", **_COUNTED),
    View(question="How long do packages last?", relation="by_validity_group", x="validity_group", **_COUNTED),
    View(question="What types are sold?", relation="by_package_type", x="package_type", **_COUNTED),
    View(
        question="What does a gigabyte cost?",
        relation="price_per_gb",
        chart="bar",
        x="operator",
        y="median_price_per_gb_idr",
        unit="IDR/GB",
    ),
    View(
        question="What changed since the snapshot before?",
        relation="latest_changes",
        chart="table",
        x="package_name",
        y="price_idr",
        unit="IDR",
    ),
)
