"""What a person has chosen on the page of quality: `/quality?dataset=…&first=…&last=…&by=…`; `by` is day or file."""

import param

FILTERS = ("dataset", "first", "last")
NAMES = (*FILTERS, "by", "before")


class QualityState(param.Parameterized):
    """Filters, how the chart is laid out, and the place in the list of files."""

    dataset = param.String(default="")
    first = param.CalendarDate(default=None, allow_None=True)
    last = param.CalendarDate(default=None, allow_None=True)
    by: str = param.Selector(default="", objects=["", "day", "file"])  # type: ignore[assignment]  # param's stubs
    before = param.String(default="")
