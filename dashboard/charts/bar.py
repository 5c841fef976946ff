"""Bars, one per category, the largest on top; a click on one tells which."""

from collections.abc import Callable, Sequence
from typing import Any

import hvplot.pandas  # noqa: F401  # registers `.hvplot`
import panel as pn
from bokeh.models import TapTool

from dashboard.charts import figure
from dashboard.theme import SERIES

BAR_PX = 30
EDGES_PX = 70


def bar(
    rows: Sequence[dict[str, Any]],
    *,
    x: str,
    y: str,
    unit: str,
    label: str,
    on_click: Callable[[str], None] | None = None,
) -> pn.pane.HoloViews:
    """Return horizontal bars of `y` by `x`.

    Args:
        unit: INR, IDR, or a word for what is counted.
        label: What the measure is called on its axis.
        on_click: Called with the category of a bar that was clicked.
    """
    told = figure.frame(rows, x, y).sort_values(y)

    def listen(plot: Any, _: Any) -> None:  # Any: HoloViews' plot
        if on_click is None:
            return
        plot.state.add_tools(TapTool())
        source = plot.handles["source"]

        def tapped(_name: str, _old: list[int], new: list[int]) -> None:
            if new:
                on_click(str(source.data[x][new[0]]))

        source.selected.on_change("indices", tapped)

    element = told.hvplot.bar(
        x=x,
        y=y,
        invert=True,
        color=SERIES[0],
        xlabel="",
        ylabel=label,
        height=max(2, len(told)) * BAR_PX + EDGES_PX,
        responsive=True,
        xformatter=figure.ticks(unit),
        grid=False,
        legend=False,
    ).opts(default_tools=["save"], hooks=figure.dressed(listen), bar_width=0.7, line_alpha=0, nonselection_alpha=0.35)
    return figure.pane(element)
