"""The questions that the sales page answers; each relation is a view in `sql/sales_orders/migrations`."""

from flows.core.views import View

VIEWS = (
    View(question="What did we sell?", relation="figures", chart="figure", x="", y="revenue_inr", unit="INR"),
    View(
        question="Which regions sell most?", relation="by_region", chart="bar", x="region", y="revenue_inr", unit="INR"
    ),
    View(question="Which categories?", relation="by_category", chart="bar", x="category", y="revenue_inr", unit="INR"),
    View(question="Which products?", relation="by_product", chart="bar", x="product", y="revenue_inr", unit="INR"),
    View(
        question="How did it go by day?", relation="by_day", chart="line", x="ordered_on", y="revenue_inr", unit="INR"
    ),
    View(question="And by month?", relation="by_month", chart="bar", x="order_month", y="revenue_inr", unit="INR"),
    View(question="What waits?", relation="waiting", chart="figure", x="", y="revenue_waiting_inr", unit="INR"),
)
