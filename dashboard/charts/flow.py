"""What came and what went by day: bars piled up by name, what went hangs below the line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import hvplot.pandas  # noqa: F401  # registers `.hvplot`
import pandas as pd
from bokeh.core.properties import field
from bokeh.models import ColumnDataSource, CustomJSTickFormatter, DataRange1d, Range1d
from bokeh.models.annotations import Span

from dashboard import formats
from dashboard.charts import figure
from dashboard.charts.line import of_time
from dashboard.charts.picture import DAY_MS, Picture, Row, file_name, milliseconds
from dashboard.charts.template import Figure, drawn_once

HEIGHT_PX = 220
COUNT_TICKS = "return Math.abs(tick).toLocaleString('en-US')"
COLUMNS = ("at", "bottom", "top", "colour", "day", "told")
ONE_DAY = timedelta(days=1)


def flow(rows: Sequence[Row], *, first: date, last: date, label: str) -> Picture:
    """Return bars of a period of days; a row with a negative `number` hangs below the line.

    Args:
        rows: With `day`, `name`, `number` and `colour`; those of one day stand on top of each other.
        label: What is counted, on its axis.
    """
    return Picture(
        figure=drawn_once("flow", _element, COLUMNS, _dress),
        columns=_piled(rows),
        changes={
            "x": {"start": milliseconds(first - ONE_DAY), "end": milliseconds(last + ONE_DAY)},
            "y axis": {"axis_label": label},
        },
        name=file_name(label),
        height_px=HEIGHT_PX,
    )


def _element() -> Any:  # Any: HoloViews has no types
    example = pd.DataFrame({"at": [pd.Timestamp(2026, 1, 1)], "top": [1.0]})
    return example.hvplot.bar(x="at", y="top", xlabel="", responsive=True, legend=False, height=200).opts(
        default_tools=[], line_alpha=0
    )


def _dress(drawn: Figure, _source: ColumnDataSource) -> None:
    of_time(drawn)
    (bars,) = drawn.renderers
    bars.glyph.update(
        x=field("at"), bottom=field("bottom"), top=field("top"), fill_color=field("colour"), width=0.8 * DAY_MS
    )
    drawn.yaxis.formatter = CustomJSTickFormatter(code=COUNT_TICKS)
    drawn.y_range = DataRange1d(range_padding=0.1)
    drawn.x_range = Range1d()
    drawn.add_layout(Span(location=0, dimension="width", line_color=figure.GRID, line_alpha=0.8))
    figure.hover(drawn, [("", "@day: @told")], renderers=[bars])


def _piled(rows: Sequence[Row]) -> dict[str, list[object]]:
    """Return rectangles: those above the line stand on each other, those below hang from each other."""
    heights: dict[tuple[date, bool], int] = {}
    told: list[tuple[Row, int, int]] = []
    for row in rows:
        if not row["number"]:
            continue
        place = (row["day"], row["number"] > 0)
        bottom = heights.get(place, 0)
        heights[place] = bottom + int(row["number"])
        told.append((row, bottom, heights[place]))
    return {
        "at": [milliseconds(row["day"]) for row, *_ in told],
        "bottom": [bottom for _, bottom, _ in told],
        "top": [top for *_, top in told],
        "colour": [row["colour"] for row, *_ in told],
        "day": [formats.day(row["day"]) for row, *_ in told],
        "told": [f"{formats.count(abs(row['number']))} {row['name'].lower()}" for row, *_ in told],
    }
