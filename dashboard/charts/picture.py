"""What a chart shows: a figure that is drawn once per process, and the numbers in it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

MARK = "mark"
"""Column with what a click on a mark tells."""
DAY_MS = 86_400_000
_EPOCH = date(1970, 1, 1)
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A figure and its numbers, as a browser takes them; see `assets/charted.js`.

    Attributes:
        figure: The document of Bokeh with the figure, as JSON, without numbers.
        columns: Columns of its source: texts, numbers, None for a number that is missing.
        changes: By the name of a model of the figure, what of it follows the numbers.
        name: What the picture is called when it is saved.
        height_px: Its height.
    """

    figure: str
    columns: Mapping[str, Sequence[object]]
    changes: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    name: str
    height_px: int

    @property
    def told(self) -> str:
        """What a browser needs besides the figure, as JSON."""
        changes = {**self.changes, "figure": {**self.changes.get("figure", {}), "height": self.height_px}}
        return json.dumps({"columns": self.columns, "changes": changes, "name": self.name}, ensure_ascii=False)

    def has(self, mark: object) -> bool:
        """Return whether there is such a mark to click on."""
        return mark in self.columns.get(MARK, ())


def milliseconds(day: date) -> int:
    """Return where a day stands on an axis of time."""
    return (day - _EPOCH).days * DAY_MS


def number(value: Any) -> float | None:  # Any: whatever a database holds
    """Return a number as it is drawn; exact decimals become floats only here."""
    told = None if value is None else float(value)
    return None if told is None or math.isnan(told) else told


def file_name(label: str) -> str:
    """Return what the picture of a measure is called."""
    return label.lower().replace(" ", "-")
