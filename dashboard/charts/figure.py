"""What all figures have in common: their look, and how numbers stand on an axis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bokeh.models import (
    CustomJSTickFormatter,
    DatetimeTicker,
    DatetimeTickFormatter,
    HoverTool,
    NoOverlap,
    NumeralTickFormatter,
    SaveTool,
    TapTool,
)

from dashboard.charts.template import Figure

GRID = "#808caa"
TEXT, FONT = "12px", "Roboto"
ON_PHONE_TICKS = 5
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
    return NumeralTickFormatter(format="0,0.[00]")


def dress(figure: Figure) -> None:
    """Give a figure our look; colours of texts come in the browser, with its light or dark mode."""
    figure.background_fill_alpha = figure.border_fill_alpha = 0
    figure.outline_line_color, figure.outline_line_width = None, 0
    figure.toolbar.autohide, figure.toolbar.logo = True, None
    figure.tools = [tool for tool in figure.tools if not isinstance(tool, SaveTool)]
    figure.min_border_right = 18
    figure.sizing_mode, figure.output_backend = "stretch_width", "canvas"
    for axis in (*figure.xaxis, *figure.yaxis):
        axis.axis_line_alpha = axis.minor_tick_line_alpha = axis.major_tick_line_alpha = 0
        axis.axis_label_text_font_style, axis.axis_label_standoff = "normal", 12
        axis.axis_label_text_font_size = axis.major_label_text_font_size = TEXT
        axis.axis_label_text_font = axis.major_label_text_font = FONT
    for grid in figure.grid:
        grid.grid_line_color, grid.grid_line_alpha = GRID, 0.22


def over_days(figure: Figure) -> None:
    """Give a figure an axis of days."""
    figure.xaxis.ticker = DatetimeTicker(desired_num_ticks=6)
    figure.xaxis.formatter = DatetimeTickFormatter(days="%d %b", months="%b %Y", years="%Y")


def keep_apart(axis: Any) -> None:  # Any: one axis, or Bokeh's list of several
    """Leave out labels that would touch each other."""
    axis.major_label_policy = NoOverlap(min_distance=8)


def may_be_clicked(figure: Figure) -> None:
    """Let a click on a mark be heard."""
    figure.add_tools(TapTool(visible=False))


def hover(figure: Figure, tooltips: Sequence[tuple[str, str]], **options: Any) -> None:  # Any: Bokeh's options
    """Tell, in our own words, what stands under the pointer."""
    figure.tools = [tool for tool in figure.tools if not isinstance(tool, HoverTool)]
    figure.add_tools(HoverTool(tooltips=list(tooltips), visible=False, **options))
