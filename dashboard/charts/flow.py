"""What came and what went by day: bars piled up by name, what went hangs below the line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import hvplot.pandas  # noqa: F401  # registers `.hvplot`
import pandas as pd
from bokeh.core.properties import field
from bokeh.models import CustomJSTickFormatter, DataRange1d, Range1d
from bokeh.models.annotations import Span

from dashboard import formats
from dashboard.charts import figure
from dashboard.charts.figure import Figure, Row
from dashboard.charts.line import DAY_MS, OverTime

COUNT_TICKS = "return Math.abs(tick).toLocaleString('en-US')"


class Flow(OverTime):
    """Bars of a period of days; a row with a negative `number` hangs below the line."""

    def __init__(self, height: int = 220) -> None:
        super().__init__(height)
        self._days = (date.min, date.min)

    def show(self, rows: Sequence[Row], *, first: date, last: date, label: str) -> None:
        """Show rows of `day`, `name`, `number` and `colour`, those of one day on top of each other.

        Args:
            label: What is counted, on its axis.
        """
        self._axis = ("rows", label)
        self._days = (first, last)
        self._show(_piled(rows), self._element)

    def _element(self, told: pd.DataFrame) -> Any:  # Any: HoloViews has no types
        one_a_day = told.drop_duplicates("at")
        return one_a_day.hvplot.bar(x="at", y="top", xlabel="", responsive=True, legend=False, height=200).opts(
            default_tools=["save"], line_alpha=0
        )

    def _finish(self, drawn: Figure) -> None:
        super()._finish(drawn)
        (bars,) = drawn.renderers
        bars.glyph.update(
            x=field("at"), bottom=field("bottom"), top=field("top"), fill_color=field("colour"), width=0.8 * DAY_MS
        )
        bars.nonselection_glyph = bars.selection_glyph = None
        drawn.y_range = DataRange1d(range_padding=0.1)
        drawn.x_range = Range1d()
        drawn.add_layout(Span(location=0, dimension="width", line_color=figure.GRID, line_alpha=0.8))
        figure.hover(drawn, [("", "@day: @told")], renderers=[bars])

    def _follow(self, drawn: Figure, told: pd.DataFrame) -> None:
        super()._follow(drawn, told)
        first, last = self._days
        drawn.x_range.update(start=pd.Timestamp(first - timedelta(days=1)), end=pd.Timestamp(last + timedelta(days=1)))
        drawn.yaxis.formatter = CustomJSTickFormatter(code=COUNT_TICKS)


def _piled(rows: Sequence[Row]) -> pd.DataFrame:
    """Return rectangles: those above the line stand on each other, those below hang from each other."""
    heights: dict[tuple[date, bool], int] = {}
    told = []
    for row in rows:
        if not row["number"]:
            continue
        place = (row["day"], row["number"] > 0)
        bottom = heights.get(place, 0)
        heights[place] = bottom + int(row["number"])
        told.append((row, bottom, heights[place]))
    return pd.DataFrame(
        {
            "at": pd.to_datetime([row["day"] for row, *_ in told]),
            "bottom": [float(bottom) for _, bottom, _ in told],
            "top": [float(top) for *_, top in told],
            "colour": pd.Series([row["colour"] for row, *_ in told], dtype=object),
            "day": pd.Series([formats.day(row["day"]) for row, *_ in told], dtype=object),
            "told": pd.Series(
                [f"{formats.count(abs(row['number']))} {row['name'].lower()}" for row, *_ in told], dtype=object
            ),
        }
    )
