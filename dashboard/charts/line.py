"""A measure over days as a line, or over months as upright bars."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from statistics import fmean
from typing import Any

import hvplot.pandas  # noqa: F401  # registers `.hvplot`
import pandas as pd
from bokeh.core.properties import field
from bokeh.models import BasicTicker, ColumnDataSource, DataRange1d

from dashboard import formats
from dashboard.charts import figure
from dashboard.charts.picture import DAY_MS, MARK, Picture, Row, file_name, milliseconds
from dashboard.charts.template import Dress, Figure, drawn_once
from dashboard.theme import SERIES

MEAN_OF_DAYS = 7
MEAN_FROM_DAYS = 60
"""Days from which on single ones fade behind the mean of seven."""
FARTHEST = timedelta(days=3_660)
"""Days farther than ten years from the middle one, as 9999-12-31, would press all others into one stroke."""
HEIGHT_PX = 260
FADED = 0.3
_OF_A_LINE = ("at", "amount", "floor", "mean", "day", "told")
_OF_UPRIGHT_BARS = ("at", "amount", "day", "told", "alpha", MARK)


def line(rows: Sequence[Row], *, x: str, y: str, unit: str, label: str, height_px: int = HEIGHT_PX) -> Picture:
    """Return a line of `y` over the days of `x`.

    Days without a row are zero; days farther than `FARTHEST` from the middle one are left out.

    Args:
        unit: INR, IDR, or a word for what is counted.
        label: What the measure is called on its axis.
    """
    days, values = _days({row[x]: row[y] for row in rows if row[x] is not None})
    amounts = [float(value or 0) for value in values]
    is_long = len(days) >= MEAN_FROM_DAYS
    return Picture(
        figure=drawn_once(("line", unit), _line, _OF_A_LINE, _dresser(unit, _finish_line)),
        columns={
            "at": [milliseconds(day) for day in days],
            "amount": amounts,
            "floor": [0.0] * len(days),
            "mean": _means(amounts) if is_long else [None] * len(days),
            "day": [formats.day(day) for day in days],
            "told": [formats.amount(value, unit) for value in values],
        },
        changes={
            "y axis": {"axis_label": label},
            "glyph": {"line_alpha": 0.35 if is_long else 1.0, "line_width": 1.2 if is_long else 2.4},
        },
        name=file_name(label),
        height_px=height_px,
    )


def upright_bars(
    rows: Sequence[Row],
    *,
    x: str,
    y: str,
    unit: str,
    label: str,
    chosen: date | None = None,
    height_px: int = HEIGHT_PX,
) -> Picture:
    """Return bars of `y` over the months of `x`; a click on one tells its first day, such as 2026-01-01.

    Args:
        unit: INR, IDR, or a word for what is counted.
        label: What the measure is called on its axis.
        chosen: First day of the month that a person looks at; the others fade.
    """
    told = [row for row in rows if row[y] is not None]
    return Picture(
        figure=drawn_once(("upright bars", unit), _bars, _OF_UPRIGHT_BARS, _dresser(unit, _finish_bars)),
        columns={
            "at": [milliseconds(row[x]) for row in told],
            "amount": [float(row[y]) for row in told],
            "day": [f"{row[x]:%b %Y}" for row in told],
            "told": [formats.amount(row[y], unit) for row in told],
            "alpha": [1.0 if chosen in (None, row[x]) else FADED for row in told],
            MARK: [f"{row[x]:%Y-%m-%d}" for row in told],
        },
        changes={"y axis": {"axis_label": label}},
        name=file_name(label),
        height_px=height_px,
    )


def of_time(drawn: Figure) -> None:
    """Give a figure an axis of days, and one that begins at zero."""
    figure.dress(drawn)
    drawn.y_range = DataRange1d(start=0, range_padding=0.06)
    drawn.x_range = DataRange1d(range_padding=0.01)
    drawn.xgrid.visible = False
    drawn.yaxis.ticker = BasicTicker(desired_num_ticks=5)
    figure.over_days(drawn)
    figure.keep_apart(drawn.xaxis)


def _dresser(unit: str, finish: Dress) -> Dress:
    def dress(drawn: Figure, source: ColumnDataSource) -> None:
        of_time(drawn)
        drawn.yaxis.formatter = figure.ticks(unit)
        finish(drawn, source)

    return dress


def _line() -> Any:  # Any: HoloViews has no types
    return (
        _example()
        .hvplot.line(x="at", y="amount", color=SERIES[0], xlabel="", responsive=True, height=200)
        .opts(default_tools=["xbox_zoom", "reset"])
    )


def _finish_line(drawn: Figure, source: ColumnDataSource) -> None:
    (shown,) = drawn.renderers
    drawn.varea(x="at", y1="floor", y2="amount", source=source, fill_color=SERIES[0], fill_alpha=0.1)
    drawn.line(x="at", y="mean", source=source, line_color=SERIES[0], line_width=2.6)
    figure.hover(drawn, [("", "@day: @told")], renderers=[shown], mode="vline")


def _bars() -> Any:  # Any: HoloViews has no types
    return (
        _example()
        .hvplot.bar(x="at", y="amount", color=SERIES[0], xlabel="", responsive=True, legend=False, height=200)
        .opts(default_tools=[], line_alpha=0)
    )


def _finish_bars(drawn: Figure, _source: ColumnDataSource) -> None:
    (shown,) = drawn.renderers
    shown.glyph.update(x=field("at"), width=21 * DAY_MS, fill_alpha=field("alpha"), border_radius=4)
    drawn.x_range = DataRange1d(range_padding=0.04)
    figure.hover(drawn, [("", "@day: @told")], renderers=[shown])
    figure.may_be_clicked(drawn)


def _example() -> pd.DataFrame:
    return pd.DataFrame({"at": [pd.Timestamp(2026, 1, 1)], "amount": [1.0]})


def _days(amounts: dict[date, Any]) -> tuple[list[date], list[Any]]:  # Any: amounts and counts
    """Return every day from the first to the last one, and its amount."""
    there = sorted(amounts)
    near = [day for day in there if abs(day - there[len(there) // 2]) <= FARTHEST]
    if not near:
        return [], []
    days = [near[0] + timedelta(days=number) for number in range((near[-1] - near[0]).days + 1)]
    return days, [amounts.get(day, 0) for day in days]


def _means(amounts: Sequence[float]) -> list[float]:
    return [fmean(amounts[max(0, number - MEAN_OF_DAYS + 1) : number + 1]) for number in range(len(amounts))]
