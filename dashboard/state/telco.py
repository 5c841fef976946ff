"""What a person has chosen on the telco page: filters, the day of the snapshots, the two that are compared."""

from dataclasses import fields
from datetime import date

import param

from dashboard.store.telco import Filter, Pair

FILTERS = tuple(one.name for one in fields(Filter))
COMPARED = ("series", "before", "after", "kind")
NAMES = (*FILTERS, *COMPARED)
SEPARATOR = "·"
"""Between operator, city and line of service in the name of a series of snapshots."""


class TelcoState(param.Parameterized):
    """Filters of every figure, and what is compared."""

    operator: str = param.String(default="")  # type: ignore[assignment]  # param's stubs
    city: str = param.String(default="")  # type: ignore[assignment]  # param's stubs
    line_of_service: str = param.String(default="")  # type: ignore[assignment]  # param's stubs
    area: str = param.String(default="")  # type: ignore[assignment]  # param's stubs
    price_tier: str = param.String(default="")  # type: ignore[assignment]  # param's stubs
    validity_group: str = param.String(default="")  # type: ignore[assignment]  # param's stubs
    package_type: str = param.String(default="")  # type: ignore[assignment]  # param's stubs
    file_date: date | None = param.CalendarDate(default=None, allow_None=True)  # type: ignore[assignment]  # param's stubs
    series: str = param.String(default="")  # type: ignore[assignment]  # param's stubs
    before: date | None = param.CalendarDate(default=None, allow_None=True)  # type: ignore[assignment]  # param's stubs
    after: date | None = param.CalendarDate(default=None, allow_None=True)  # type: ignore[assignment]  # param's stubs
    kind: str = param.String(default="")  # type: ignore[assignment]  # param's stubs

    def chosen(self) -> Filter:
        """Return the filters."""
        return Filter(**{name: getattr(self, name) for name in FILTERS})

    def named_pair(self) -> Pair | None:
        """Return the two snapshots that are named; None where one is missing."""
        if self.series.count(SEPARATOR) != 2 or self.before is None or self.after is None:
            return None
        return self.pair(self.series, self.before, self.after)

    def pair(self, series: str, before: date, after: date) -> Pair:
        """Return the two snapshots of a series, named by operator, city and line of service."""
        operator, city, line = series.split(SEPARATOR)
        return Pair(operator=operator, city=city, line_of_service=line, day_before=before, day_after=after)
