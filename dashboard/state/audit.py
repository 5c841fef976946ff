"""What a person has chosen on the page of the audit trail.

`/audit?run=…&actor=…&event=…&first=…&last=…&text=…` (`run`: an id, or its first characters; days are business days).
"""

import param

FILTERS = ("run", "actor", "event", "first", "last", "text")
NAMES = (*FILTERS, "before")


class AuditState(param.Parameterized):
    """Filters, and the event after which the page begins."""

    run = param.String(default="")
    actor = param.String(default="")
    event = param.String(default="")
    first = param.CalendarDate(default=None, allow_None=True)
    last = param.CalendarDate(default=None, allow_None=True)
    text = param.String(default="")
    before = param.String(default="")
