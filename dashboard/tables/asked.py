"""What a person asks to export: the page's own address, read strictly."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar
from zoneinfo import ZoneInfo

import param

from dashboard.address import as_text, choose
from flows.core.errors import MistakeError
from flows.resources import Resources
from flows.services import tables
from flows.services.accounts import SignedIn
from flows.services.exporting import Send
from flows.services.tables import Table

S = TypeVar("S", bound=param.Parameterized)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question for a table.

    Attributes:
        query: The filter, as it stands in the address of the page.
    """

    parts: Resources
    actor: SignedIn
    query: Mapping[str, str]

    def state(self, kind: type[S], names: Sequence[str]) -> S:
        """Return the state of the page; what is left out silently would send more than is on the screen.

        Raises:
            MistakeError: There is no such filter, or its value can't be read.
        """
        state = kind()
        choose(state, names, self.query)
        for name, value in self.query.items():
            if name not in names or as_text(getattr(state, name)) != value:
                raise MistakeError(f"there is no filter {name!r} here, or it can't be {value!r}")
        return state

    @property
    def zone(self) -> ZoneInfo:
        """Time zone of business days."""
        return self.parts.settings.business_time_zone

    @property
    def told(self) -> str:
        """The filter for the audit trail."""
        return json.dumps(dict(self.query), sort_keys=True, ensure_ascii=False) if self.query else ""

    def send(self, table: Table, to: Send) -> int:
        """Send a table."""
        return tables.send(self.parts.warehouse, self.actor, table, to, told=self.told)


Make = Callable[[Asked, Send], object]
"""Sends what is asked; called in a thread."""
