"""What the governance summary is made of: tables, each of one question about a period."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from flows.core.dataset import Dataset

Kind = Literal["text", "count", "share", "moment", "money", "bytes", "code", "name"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One table of the summary.

    Attributes:
        name: By which it is asked for.
        says: What it counts, in a sentence.
        nothing: What is told where it has no row.
        columns: Name in a row, heading and kind of each column.
    """

    name: str
    title: str
    says: str
    nothing: str
    columns: tuple[tuple[str, str, Kind], ...]
    rows: Sequence[Mapping[str, Any]]  # Any: values as the database gives them


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A period of business days; where an end is left out, it is open."""

    datasets: Mapping[str, Dataset]
    first: date | None
    last: date | None
    zone: ZoneInfo

    @property
    def values(self) -> dict[str, datetime | None]:
        """The values that the queries bind."""
        return {
            "first_at": datetime.combine(self.first, time.min, self.zone) if self.first else None,
            "end_at": datetime.combine(self.last + timedelta(days=1), time.min, self.zone) if self.last else None,
        }
