"""What a person has chosen on the sales page; `/sales?first=…&last=…&region=…&category=…&product=…&measure=…`."""

import param

NAMES = ("first", "last", "region", "category", "product", "measure")


class SalesState(param.Parameterized):
    """Filters, and which measure the charts show."""

    first = param.CalendarDate(default=None, allow_None=True)
    last = param.CalendarDate(default=None, allow_None=True)
    region = param.String(default="")
    category = param.String(default="")
    product = param.String(default="")
    measure: str = param.Selector(default="revenue_inr", objects=["revenue_inr", "orders", "units"])  # type: ignore[assignment]  # param's stubs
