"""What all charts have in common: the look of a figure in light and dark, and numbers that change in place."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import panel as pn
from bokeh.models import (
    ColumnDataSource,
    CustomAction,
    CustomJS,
    CustomJSTickFormatter,
    HoverTool,
    NumeralTickFormatter,
    SaveTool,
    TapTool,
)

from dashboard.charts.template import Figure, copied

__all__ = ["Figure"]
GRID = "#808caa"
ON_PHONE_TICKS = 5
INDIAN_TICKS = """
const size = Math.abs(tick)
if (size >= 1e7) { return '₹' + (tick / 1e7).toLocaleString('en-IN', {maximumFractionDigits: 2}) + ' Cr' }
if (size >= 1e5) { return '₹' + (tick / 1e5).toLocaleString('en-IN', {maximumFractionDigits: 2}) + ' L' }
return '₹' + tick.toLocaleString('en-IN')
"""
INDONESIAN_TICKS = "return 'Rp ' + tick.toLocaleString('id-ID')"
Row = Mapping[str, Any]


def ticks(unit: str) -> CustomJSTickFormatter | NumeralTickFormatter:
    """Return how the numbers of a unit stand on an axis: INR, IDR, or a plain count."""
    if unit == "INR":
        return CustomJSTickFormatter(code=INDIAN_TICKS)
    if unit.startswith("IDR"):
        return CustomJSTickFormatter(code=INDONESIAN_TICKS)
    return NumeralTickFormatter(format="0,0.[00]")


def drawn(value: Any) -> Any:  # Any: whatever a database holds
    """Return a value as it is drawn; exact decimals become floats only here."""
    if isinstance(value, Decimal):
        return float(value)
    return pd.Timestamp(value) if isinstance(value, date) else value


class Chart:
    """A chart that is drawn once; whatever is shown later changes its numbers only.

    Attributes:
        view: Where it stands on a page.
    """

    def __init__(self) -> None:
        self.view = pn.Column(sizing_mode="stretch_width", margin=0)
        self._figure: Figure | None = None
        self._source = ColumnDataSource()
        self._saved = 0

    def _show(self, told: pd.DataFrame, draw: Callable[[pd.DataFrame], Any]) -> None:  # Any: HoloViews has no types
        """Draw, or change what was drawn; `draw` returns an element whose figure this chart keeps."""
        if self._figure is None and told.empty:
            return
        if self._figure is None:
            kind = (type(self), self._kind, *(str(one) for one in told.dtypes))
            self._figure, self._source = copied(
                kind, lambda: draw(told), lambda figure, source: self._dress(figure, source, told)
            )
            self._source.data = columns(told)
            self._attach(self._figure)
            self._follow(self._figure, told)
            self.view[:] = [pn.pane.Bokeh(self._figure, sizing_mode="stretch_width", margin=0)]
            return
        figure, data = self._figure, columns(told)

        def change() -> None:
            self._follow(figure, told)
            self._source.data = data

        pn.state.execute(change, schedule=True)

    def save(self) -> None:
        """Let the browser save the chart as a PNG picture."""
        drawn = self._figure
        if drawn is not None:
            self._saved += 1
            number = self._saved
            pn.state.execute(lambda: drawn.update(tags=[number]), schedule=True)

    def _dress(self, figure: Figure, source: ColumnDataSource, told: pd.DataFrame) -> None:
        self._source = source
        source.data = {str(name): [] for name in told.columns}
        dress(figure)
        save_when_asked(figure)
        self._finish(figure)

    @property
    def _kind(self) -> Hashable:
        """What `_finish` depends on."""
        return ()

    def _finish(self, figure: Figure) -> None:
        """Add to a figure what the element does not say; all charts of this class and kind get it."""

    def _attach(self, figure: Figure) -> None:
        """Listen to the figure; called once for each chart."""

    def _follow(self, figure: Figure, told: pd.DataFrame) -> None:
        """Change of a figure what follows its numbers; called before they change."""


def columns(told: pd.DataFrame) -> dict[str, Any]:  # Any: arrays and lists, as Bokeh takes them
    """Return the columns of a frame for a data source."""
    return {
        str(name): list(told[name]) if told[name].dtype == object else np.asarray(told[name]) for name in told.columns
    }


def dress(figure: Figure) -> None:
    """Give a figure our look."""
    figure.background_fill_alpha = figure.border_fill_alpha = 0
    figure.outline_line_color, figure.outline_line_width = None, 0
    figure.toolbar.autohide = True
    figure.toolbar.logo = None
    figure.min_border_right = 18
    for axis in (*figure.xaxis, *figure.yaxis):
        axis.axis_line_alpha = axis.minor_tick_line_alpha = axis.major_tick_line_alpha = 0
        axis.axis_label_text_font_style = "normal"
        axis.axis_label_text_font_size = axis.major_label_text_font_size = "12px"
    for grid in figure.grid:
        grid.grid_line_color, grid.grid_line_alpha = GRID, 0.22


def listen(figure: Figure, source: ColumnDataSource, told: str, on_click: Callable[[Any], None]) -> None:
    """Call back with the value of column `told` of what is clicked, on a thread, so that nobody else waits."""

    def tapped(_name: str, _old: list[int], new: list[int]) -> None:
        if not new:
            return
        value = source.data[told][new[0]]
        source.selected.indices = []
        document = figure.document
        if document is not None:
            pn.state.execute(lambda: on_click(value), schedule="thread")

    figure.add_tools(TapTool())
    source.selected.on_change("indices", tapped)


def save_when_asked(figure: Figure) -> None:
    """Let the browser save a picture, on the colour of a card, by the toolbar or when the figure's tags change."""
    picture = CustomJS(args={"figure": figure}, code=_picture())
    asked = CustomAction(icon="save", description="Save as PNG", callback=picture)
    figure.tools = [asked if isinstance(tool, SaveTool) else tool for tool in figure.tools]
    figure.js_on_change("tags", picture)


@cache
def _picture() -> str:
    return (Path(__file__).parent.parent / "assets" / "picture.js").read_text()


def saved_as(figure: Figure, name: str) -> None:
    """Name the picture that is saved of a figure."""
    figure.name = name.lower().replace(" ", "-")


def hover(figure: Figure, tooltips: Sequence[tuple[str, str]], **options: Any) -> None:  # Any: Bokeh's options
    """Tell, in our own words, what stands under the pointer."""
    figure.tools = [tool for tool in figure.tools if not isinstance(tool, HoverTool)]
    figure.add_tools(HoverTool(tooltips=list(tooltips), visible=False, **options))
