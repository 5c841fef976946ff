"""The questions that the telco page answers; each relation is a view in `sql/telco_packages/migrations`."""

from flows.core.views import View


def _counted(question: str, by: str, relation: str) -> View:
    return View(question=question, relation=relation, chart="bar", x=by, y="packages", unit="packages")


VIEWS = (
    _counted("How many packages has each operator?", "operator", "by_operator"),
    _counted("And each city?", "city", "by_city"),
    _counted("And each area?", "area", "by_area"),
    _counted("How are prices spread over tiers?", "price_tier", "by_price_tier"),
    _counted("How long do packages last?", "validity_group", "by_validity_group"),
    _counted("What types are sold?", "package_type", "by_package_type"),
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
