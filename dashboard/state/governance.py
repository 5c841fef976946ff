"""The period of the governance summary: `/governance?first=…&last=…`."""

import param

NAMES = ("first", "last")


class GovernanceState(param.Parameterized):
    """First and last business day; one that is left out is open."""

    first = param.CalendarDate(default=None, allow_None=True)
    last = param.CalendarDate(default=None, allow_None=True)
