"""A measure over days, or over months as upright bars."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from datetime import date
from typing import Any

import hvplot.pandas  # noqa: F401  # registers `.hvplot`
import pandas as pd
import panel as pn
from bokeh.core.properties import field
from bokeh.models import BasicTicker, DataRange1d, DatetimeTicker, DatetimeTickFormatter, NoOverlap

from dashboard import formats
from dashboard.charts import figure
from dashboard.charts.figure import Figure, Row
from dashboard.theme import SERIES

MEAN_OF_DAYS = 7
MEAN_FROM_DAYS = 60
"""Days from which on single ones fade behind the mean of seven."""
FARTHEST = pd.Timedelta(days=3_660)
"""Days farther than ten years from the middle one, as 9999-12-31, would press all others into one stroke."""
DAY_MS = 86_400_000
HEIGHT_PX = 260
FADED = 0.3


class OverTime(figure.Chart):
    """What lines and upright bars share: an axis of time, an axis that begins at zero."""

    def __init__(self, height: int) -> None:
        super().__init__()
        self._height = height
        self._axis = ("", "")

    @property
    def _kind(self) -> Hashable:
        return self._height

    def _finish(self, drawn: Figure) -> None:
        drawn.height = self._height
        drawn.y_range = DataRange1d(start=0, range_padding=0.06)
        drawn.x_range = DataRange1d(range_padding=0.01)
        drawn.xgrid.visible = False
        drawn.xaxis.ticker = DatetimeTicker(desired_num_ticks=6)
        drawn.yaxis.ticker = BasicTicker(desired_num_ticks=5)
        drawn.xaxis.major_label_policy = NoOverlap(min_distance=8)
        drawn.xaxis.formatter = DatetimeTickFormatter(days="%d %b", months="%b %Y", years="%Y")

    def _follow(self, drawn: Figure, told: pd.DataFrame) -> None:
        unit, label = self._axis
        drawn.yaxis.formatter = figure.ticks(unit)
        drawn.yaxis.axis_label = label
        figure.saved_as(drawn, label)


class Line(OverTime):
    """A line over days; days without a row are zero, days farther than `FARTHEST` from the middle one are left out."""

    def __init__(self, height: int = HEIGHT_PX) -> None:
        super().__init__(height)

    def show(self, rows: Sequence[Row], *, x: str, y: str, unit: str, label: str) -> None:
        """Show `y` over the days of `x`.

        Args:
            unit: INR, IDR, or a word for what is counted.
            label: What the measure is called on its axis.
        """
        self._axis = (unit, label)
        self._show(_days(rows, x, y, unit), self._element)

    def _element(self, told: pd.DataFrame) -> Any:  # Any: HoloViews has no types
        return told.hvplot.line(x="at", y="amount", color=SERIES[0], xlabel="", responsive=True, height=200).opts(
            default_tools=["save", "xbox_zoom", "reset"]
        )

    def _finish(self, drawn: Figure) -> None:
        super()._finish(drawn)
        (line,) = drawn.renderers
        drawn.varea(x="at", y1="floor", y2="amount", source=self._source, fill_color=SERIES[0], fill_alpha=0.1)
        drawn.line(x="at", y="mean", source=self._source, line_color=SERIES[0], line_width=2.6)
        figure.hover(drawn, [("", "@day: @told")], renderers=[line], mode="vline")

    def _follow(self, drawn: Figure, told: pd.DataFrame) -> None:
        super()._follow(drawn, told)
        is_long = len(told) >= MEAN_FROM_DAYS
        drawn.renderers[0].glyph.update(line_alpha=0.35 if is_long else 1, line_width=1.2 if is_long else 2.4)


class Columns(OverTime):
    """Upright bars over months; a click on one tells its first day."""

    def __init__(self, on_click: Callable[[date], None] | None = None, height: int = HEIGHT_PX) -> None:
        super().__init__(height)
        self._on_click = on_click

    def show(self, rows: Sequence[Row], *, x: str, y: str, unit: str, label: str, chosen: date | None = None) -> None:
        """Show `y` over the months of `x`.

        Args:
            chosen: First day of the month that a person looks at; the others fade.
        """
        self._axis = (unit, label)
        told = [row for row in rows if row[y] is not None]
        frame = pd.DataFrame(
            {
                "at": pd.to_datetime([row[x] for row in told]),
                "amount": [float(row[y]) for row in told],
                "day": pd.Series([f"{row[x]:%b %Y}" for row in told], dtype=object),
                "told": pd.Series([formats.amount(row[y], unit) for row in told], dtype=object),
                "alpha": [1.0 if chosen in (None, row[x]) else FADED for row in told],
            }
        )
        self._show(frame, self._element)

    def _element(self, told: pd.DataFrame) -> Any:  # Any: HoloViews has no types
        # One is enough to draw: the others come by the source, and HoloViews can't say how far away the year 9999 is.
        return (
            told.head(1)
            .hvplot.bar(x="at", y="amount", color=SERIES[0], xlabel="", responsive=True, legend=False, height=200)
            .opts(default_tools=["save"], line_alpha=0)
        )

    def _finish(self, drawn: Figure) -> None:
        super()._finish(drawn)
        (bars,) = drawn.renderers
        bars.glyph.update(x=field("at"), width=21 * DAY_MS, fill_alpha=field("alpha"), border_radius=4)
        bars.nonselection_glyph = bars.selection_glyph = None
        drawn.x_range = DataRange1d(range_padding=0.04)
        figure.hover(drawn, [("", "@day: @told")], renderers=[bars])

    def _attach(self, drawn: Figure) -> None:
        if self._on_click is not None:
            listener = self._on_click
            figure.listen(drawn, self._source, "at", lambda at: listener(pd.Timestamp(at).date()))


def _days(rows: Sequence[Row], x: str, y: str, unit: str) -> pd.DataFrame:
    told = pd.Series({pd.Timestamp(row[x]): row[y] for row in rows if row[x] is not None}, dtype=object)
    if len(told):
        told = told.sort_index()
        told = told[abs(told.index - told.index[len(told) // 2]) <= FARTHEST]
        told = told.reindex(pd.date_range(told.index.min(), told.index.max(), name=None), fill_value=0)
    amounts = told.astype(float)
    mean = (
        amounts.rolling(MEAN_OF_DAYS, min_periods=1).mean() if len(told) >= MEAN_FROM_DAYS else amounts * float("nan")
    )
    return pd.DataFrame(
        {
            "at": told.index,
            "amount": amounts.to_numpy(),
            "floor": 0.0,
            "mean": mean.to_numpy(),
            "day": pd.Series([formats.day(at) for at in told.index], dtype=object),
            "told": pd.Series([formats.amount(value, unit) for value in told], dtype=object),
        }
    )


def line(rows: Sequence[Row], *, x: str, y: str, unit: str, label: str, height: int = HEIGHT_PX) -> pn.Column:
    """Return a line that does not change; see `Line.show`."""
    shown = Line(height)
    shown.show(rows, x=x, y=y, unit=unit, label=label)
    return shown.view
