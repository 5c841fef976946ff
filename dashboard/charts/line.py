"""A measure over time."""

from collections.abc import Sequence
from typing import Any

import hvplot.pandas  # noqa: F401  # registers `.hvplot`
import panel as pn

from dashboard.charts import figure
from dashboard.theme import SERIES


def line(
    rows: Sequence[dict[str, Any]], *, x: str, y: str, unit: str, label: str, height: int = 260
) -> pn.pane.HoloViews:
    """Return `y` over the days of `x`.

    Args:
        unit: INR, IDR, or a word for what is counted.
        label: What the measure is called on its axis.
        height: Pixels.
    """
    told = figure.frame(rows, x, y)
    look: dict[str, Any] = {
        "x": x,
        "y": y,
        "xlabel": "",
        "ylabel": label,
        "responsive": True,
        "height": height,
        "grid": True,
    }
    look["yformatter"] = figure.ticks(unit)
    area = told.hvplot.area(**look, color=SERIES[0], alpha=0.12, line_alpha=0)
    curve = told.hvplot.line(**look, color=SERIES[0], line_width=2)
    return figure.pane((area * curve).opts(hooks=figure.dressed(), default_tools=["save", "xbox_zoom", "reset"]))
