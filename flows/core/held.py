"""By which of their readable values people look for held rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

WAITS = "waits"
YES, NO, PERHAPS = "yes", "no", "perhaps"
HeldKind = Literal["text", "days"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldFilter:
    """One column of `held_rows` in the dataset's schema.

    Attributes:
        name: The column.
        title: How people call it.
        kind: How it is compared: the whole text as it stands, or a day or a range `from..to` of days.
    """

    name: str
    title: str
    kind: HeldKind = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldFilters:
    """What `held_rows` has: one row per exception with `exception_id`, `is_open` and these columns.

    The amount of an open row waits where it can be read, is not below zero, and `loaded_among` of the dataset's schema
    does not find its key among the loaded rows. A row of which a column can't be read is neither among those that a
    filter chooses nor surely outside of them.

    Attributes:
        columns: Those to filter by.
        key: Column with the text of the key.
        amount: Column with what waits.
        amount_title: How people call it.
        waits_words: `yes`: the amount waits; `no`: it does not; `perhaps`: it waits in a row that may fit the other
            filters.
    """

    columns: tuple[HeldFilter, ...]
    key: str
    amount: str
    amount_title: str
    waits_words: Mapping[str, str] = field(
        default_factory=lambda: {YES: "waits", NO: "does not wait", PERHAPS: "waits, may belong here"}
    )

    @property
    def names(self) -> tuple[str, ...]:
        """Every name to filter by."""
        return (*(one.name for one in self.columns), WAITS)

    def told(self, name: str, value: str) -> tuple[str, str]:
        """Return how people call a filter and its value."""
        if name == WAITS:
            return self.amount_title, self.waits_words.get(value, value)
        title = next(one.title for one in self.columns if one.name == name)
        return title, value.replace("..", " to ")
