"""What all charts have in common: how a figure of Bokeh looks in light and dark, and how it is saved."""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import holoviews as hv
import pandas as pd
import panel as pn
from bokeh.models import CustomJSTickFormatter, NumeralTickFormatter

hv.extension("bokeh", logo=False)

GRID = "#808caa"
INDIAN_TICKS = """
const size = Math.abs(tick)
if (size >= 1e7) { return '₹' + (tick / 1e7).toLocaleString('en-IN', {maximumFractionDigits: 2}) + ' Cr' }
if (size >= 1e5) { return '₹' + (tick / 1e5).toLocaleString('en-IN', {maximumFractionDigits: 2}) + ' L' }
return '₹' + tick.toLocaleString('en-IN')
"""
INDONESIAN_TICKS = "return 'Rp ' + tick.toLocaleString('id-ID')"


def ticks(unit: str) -> CustomJSTickFormatter | NumeralTickFormatter:
    """Return how the numbers of a unit stand on an axis: INR, IDR, or a plain count."""
    if unit == "INR":
        return CustomJSTickFormatter(code=INDIAN_TICKS)
    if unit.startswith("IDR"):
        return CustomJSTickFormatter(code=INDONESIAN_TICKS)
    return NumeralTickFormatter(format="0,0")


def frame(rows: Sequence[dict[str, Any]], x: str, y: str) -> pd.DataFrame:
    """Return two columns as hvPlot takes them; exact decimals become floats only here, where they are drawn."""
    return pd.DataFrame({x: [_drawn(row[x]) for row in rows], y: [_drawn(row[y]) for row in rows]})


def _drawn(value: Any) -> Any:  # Any: whatever a database holds
    if isinstance(value, Decimal):
        return float(value)
    return pd.Timestamp(value) if isinstance(value, date) else value


def dressed(*more: Callable[[Any, Any], None]) -> list[Callable[[Any, Any], None]]:
    """Return hooks of HoloViews that give a figure our look."""

    def dress(plot: Any, _: Any) -> None:  # Any: HoloViews' plot
        figure = plot.state
        figure.background_fill_alpha = figure.border_fill_alpha = 0
        figure.outline_line_alpha = 0
        figure.toolbar.autohide = True
        figure.toolbar.logo = None
        for axis in (*figure.xaxis, *figure.yaxis):
            axis.axis_line_alpha = axis.minor_tick_line_alpha = axis.major_tick_line_alpha = 0
            axis.axis_label_text_font_style = "normal"
        for grid in figure.grid:
            grid.grid_line_color, grid.grid_line_alpha = GRID, 0.25

    return [dress, *more]


def pane(element: Any) -> pn.pane.HoloViews:  # Any: HoloViews has no types
    """Return a pane that is as wide as its place."""
    return pn.pane.HoloViews(element, sizing_mode="stretch_width", margin=0, linked_axes=False, theme=None)
