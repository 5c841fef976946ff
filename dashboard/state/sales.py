"""What a person has chosen on the sales page; `/sales?first=…&last=…&region=…&category=…&product=…&measure=…`."""

from datetime import date

import param

from dashboard.store.sales import Filter

NAMES = ("first", "last", "region", "category", "product", "measure")


class SalesState(param.Parameterized):
    """Filters, and which measure the charts show."""

    first: date | None = param.CalendarDate(default=None, allow_None=True)  # type: ignore[assignment]  # param's stubs
    last: date | None = param.CalendarDate(default=None, allow_None=True)  # type: ignore[assignment]  # param's stubs
    region: str = param.String(default="")  # type: ignore[assignment]  # param's stubs
    category: str = param.String(default="")  # type: ignore[assignment]  # param's stubs
    product: str = param.String(default="")  # type: ignore[assignment]  # param's stubs
    measure: str = param.Selector(default="revenue_inr", objects=["revenue_inr", "orders", "units"])  # type: ignore[assignment]  # param's stubs

    def chosen(self) -> Filter:
        """Return the filters; a period has a first and a last day, in this order, or it is none."""
        first, last = self.first, self.last
        has_period = first is not None and last is not None and first <= last
        return Filter(
            first=first if has_period else None,
            last=last if has_period else None,
            region=self.region,
            category=self.category,
            product=self.product,
        )
