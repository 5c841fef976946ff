"""Shares over days or over files, several at once, with the targets that they are held against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import hvplot.pandas  # noqa: F401  # registers `.hvplot`
import pandas as pd
from bokeh.models import BasicTicker, ColumnDataSource, DataRange1d, NumeralTickFormatter, Range1d
from bokeh.models.annotations import Label, Span

from dashboard import formats
from dashboard.charts import figure
from dashboard.charts.picture import Picture, Row, file_name, milliseconds, number
from dashboard.charts.template import QUIET, Dress, Figure, drawn_once
from dashboard.theme import SERIES

HEIGHT_PX = 250
DASHES = ("solid", "dashed")
TARGET = "#808caa"
By = Literal["day", "file"]


def shares(
    rows: Sequence[Row],
    measures: Mapping[str, str],
    *,
    by: By,
    label: str,
    target: float | None = None,
    is_from_zero: bool = False,
) -> Picture:
    """Return lines of shares, each with its own colour and dash.

    Args:
        rows: Oldest first.
        measures: Names of columns by what they are called.
        by: Whether a point is a day or a file, in their order.
        label: What the picture is called when it is saved.
        target: Share that is aimed at, drawn as a line.
        is_from_zero: Whether the axis begins at zero.
    """
    columns: dict[str, list[Any]] = {
        "at": [milliseconds(row["started_on"]) for row in rows] if by == "day" else [*range(1, len(rows) + 1)],
        "name": [formats.day(row["started_on"]) if by == "day" else str(row["base_name"]) for row in rows],
    }
    for place, name in enumerate(measures.values()):
        columns[f"y{place}"] = [number(row[name]) for row in rows]
        columns[f"t{place}"] = [formats.share(row[name]) for row in rows]
    drawn = [one for place in range(len(measures)) for one in columns[f"y{place}"] if one is not None]
    return Picture(
        figure=drawn_once(
            ("shares", *measures, by, target),
            lambda: _element(by),
            tuple(columns),
            _dresser(tuple(measures), by, target),
        ),
        columns=columns,
        changes={"y": _ends(drawn, target, is_from_zero)},
        name=file_name(label),
        height_px=HEIGHT_PX,
    )


def _element(by: By) -> Any:  # Any: HoloViews has no types
    first = pd.Timestamp(2026, 1, 1) if by == "day" else 1
    example = pd.DataFrame({"at": [first], "y0": [1.0]})
    return example.hvplot.line(x="at", y="y0", color=SERIES[0], xlabel="", ylabel="", responsive=True, height=200).opts(
        default_tools=[]
    )


def _dresser(labels: Sequence[str], by: By, target: float | None) -> Dress:
    def dress(drawn: Figure, source: ColumnDataSource) -> None:
        figure.dress(drawn)
        drawn.renderers = []
        for place in range(len(labels)):
            colour = SERIES[place]
            drawn.line(
                x="at", y=f"y{place}", source=source, line_color=colour, line_width=2.2,
                line_dash=DASHES[place % len(DASHES)],
            )  # fmt: skip
            drawn.scatter(x="at", y=f"y{place}", source=source, size=7, color=colour, line_alpha=0)
        names = [(label, f"@t{place}") for place, label in enumerate(labels)]
        figure.hover(drawn, [("", "@name"), *names], renderers=[drawn.renderers[-1]], mode="vline")
        _lay_out(drawn, by)
        if target is not None:
            _aim(drawn, target)

    return dress


def _lay_out(drawn: Figure, by: By) -> None:
    drawn.y_range = Range1d()
    drawn.x_range = DataRange1d(range_padding=0.06)
    drawn.xgrid.visible = False
    drawn.yaxis.ticker = BasicTicker(desired_num_ticks=5)
    drawn.yaxis.formatter = NumeralTickFormatter(format="0.[0] %")
    figure.keep_apart(drawn.xaxis)
    if by == "day":
        figure.over_days(drawn)
    else:
        drawn.xaxis.major_label_text_alpha = 0
        drawn.xaxis.axis_label = "files, oldest to newest"


def _aim(drawn: Figure, target: float) -> None:
    drawn.add_layout(Span(location=target, line_color=TARGET, line_width=1.6, line_dash="dotted"))
    drawn.add_layout(
        Label(
            x=8,
            x_units="screen",
            y=target,
            text=f"target {formats.share(target, decimals=0)}",
            name=QUIET,
            text_font=figure.FONT,
            text_font_size=figure.TEXT,
            y_offset=3,
        )
    )


def _ends(drawn: Sequence[float], target: float | None, is_from_zero: bool) -> dict[str, object]:
    """Return the ends of the axis: every share lies between them, and the target."""
    told = [*drawn] if target is None else [*drawn, target]
    low, high = (min(told), max(told)) if told else (0.0, 1.0)
    room = max((high - low) * 0.12, 0.004)
    return {"start": -room if is_from_zero else low - room, "end": high + room}
