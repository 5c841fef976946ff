"""What a person looks at in the inbox.

`/exceptions?dataset=…&category=…&rule=…&state=…&stage=…&file=…&run=…&value=…&days=…&waiver=asked&exception=NO`;
`of_…` is what held rows of the dataset say, by the filters that it declares; `after` is the page, `trend` and `split`
what the chart shows.
"""

import param

from flows.datasets import datasets
from flows.services.queries import Wanted

SAYS = {
    f"of_{name}": name
    for name in dict.fromkeys(
        name for one in datasets().values() if one.held_filters is not None for name in one.held_filters.names
    )
}
"""Parameters by the name of the filter that a dataset declares."""
TEXTS = ("dataset", "category", "rule", "state", "stage", "file", "run", "value")
FILTERS = (*TEXTS, "days", "waiver", *SAYS)
EVERY = "ALL"
NAMES = (*FILTERS, "exception", "after", "trend", "split")


class ExceptionsState(param.Parameterized):
    """The filter, the row that is open, the row after which the page begins, and what the chart shows."""

    dataset = param.String(default="")
    category = param.String(default="")
    rule = param.String(default="")
    state = param.String(default="OPEN", doc=f"{EVERY} is every one: an address names no empty text.")
    stage = param.String(default="")
    file = param.String(default="")
    run = param.String(default="")
    value = param.String(default="")
    days = param.String(default="", doc="At least so many days old.")
    waiver: str = param.Selector(default="", objects=["", "asked"])  # type: ignore[assignment]  # param's stubs
    exception = param.Integer(default=0)
    after = param.Integer(default=0)
    trend: str = param.Selector(default="30", objects=["30", "90", "365"])  # type: ignore[assignment]  # as above
    split: str = param.Selector(default="", objects=["", "category", "rule"])  # type: ignore[assignment]  # as above

    @property
    def state_code(self) -> str:
        """The state that is wanted; empty for every one."""
        return "" if self.state == EVERY else str(self.state)

    def wanted(self) -> Wanted:
        """Return the filter as the services take it."""
        days = str(self.days)
        return Wanted(
            **{name: getattr(self, name) for name in TEXTS if name != "state"},
            state=self.state_code,
            older_than_days=int(days) if days.isdecimal() and len(days) < 5 else None,
            has_request=self.waiver == "asked",
            says=tuple((name, getattr(self, one)) for one, name in SAYS.items() if getattr(self, one)),
        )


for _name in SAYS:
    ExceptionsState.param.add_parameter(_name, param.String(default=""))
