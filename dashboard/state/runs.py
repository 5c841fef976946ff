"""What a person has chosen on the page of runs.

`/runs?dataset=…&state=…&file=…&batch=…&first=…&last=…` lists runs (`file`: a part of its name, or its number);
`/runs?run=…` shows one (its id, or the first characters), `/runs?run=…&compare=…` beside another one.
"""

import param

FILTERS = ("dataset", "state", "file", "batch", "first", "last")
NAMES = (*FILTERS, "before", "run", "compare")


class RunsState(param.Parameterized):
    """Filters, the place in the list, and the run that is looked at."""

    dataset = param.String(default="")
    state = param.String(default="")
    file = param.String(default="")
    batch = param.String(default="")
    first = param.CalendarDate(default=None, allow_None=True)
    last = param.CalendarDate(default=None, allow_None=True)
    before = param.String(default="")
    run = param.String(default="")
    compare = param.String(default="")
