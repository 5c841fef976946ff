"""What a person looks at in the inbox.

`/exceptions?dataset=…&category=…&rule=…&state=…&stage=…&file=…&run=…&value=…&exception=NO`; `after` is the page.
"""

import param

FILTERS = ("dataset", "category", "rule", "state", "stage", "file", "run", "value")
NAMES = (*FILTERS, "exception", "after")


class ExceptionsState(param.Parameterized):
    """The filter, the row that is open, and the row after which the page begins."""

    dataset = param.String(default="")
    category = param.String(default="")
    rule = param.String(default="")
    state = param.String(default="OPEN")
    stage = param.String(default="")
    file = param.String(default="")
    run = param.String(default="")
    value = param.String(default="")
    exception = param.Integer(default=0)
    after = param.Integer(default=0)
