"""Bars, one per category, the largest on top; a click on one tells which."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import hvplot.pandas  # noqa: F401  # registers `.hvplot`
import pandas as pd
import panel as pn
from bokeh.core.properties import field, value
from bokeh.models import BasicTicker, DataRange1d, NoOverlap

from dashboard import formats
from dashboard.charts import figure
from dashboard.charts.figure import Figure, Row
from dashboard.theme import SERIES

BAR_PX = 30
EDGES_PX = 64
FADED = 0.3
ROOM_FOR_TEXT = 0.4
"""Share of the longest bar from which on its amount is written into a bar."""


class Bars(figure.Chart):
    """Horizontal bars.

    Args:
        on_click: Called with the category of a bar that was clicked.
    """

    def __init__(self, on_click: Callable[[str], None] | None = None) -> None:
        super().__init__()
        self._on_click = on_click

    def show(self, rows: Sequence[Row], *, x: str, y: str, unit: str, label: str, chosen: str = "") -> None:
        """Show bars of `y` by `x`.

        Args:
            unit: INR, IDR, IDR/GB, or a word for what is counted.
            label: What the measure is called on its axis.
            chosen: Category that a person looks at; the others fade.
        """
        self._axis = (unit, label)
        self._show(_frame(rows, x, y, unit, chosen), self._element)

    def _element(self, told: pd.DataFrame) -> Any:  # Any: HoloViews has no types
        return told.hvplot.bar(
            x="category", y="amount", invert=True, color=SERIES[0], xlabel="", responsive=True, legend=False, height=200
        ).opts(default_tools=["save"], line_alpha=0)

    def _finish(self, drawn: Figure) -> None:
        (bars,) = drawn.renderers
        bars.glyph.height = 0.72
        bars.glyph.fill_alpha = field("alpha")
        bars.glyph.border_radius = 4
        bars.nonselection_glyph = bars.selection_glyph = None
        drawn.x_range = DataRange1d(start=0, range_padding=0.04)
        drawn.xaxis.ticker = BasicTicker(desired_num_ticks=figure.ON_PHONE_TICKS)
        drawn.xaxis.major_label_policy = NoOverlap(min_distance=8)
        drawn.ygrid.visible = False
        drawn.text(
            x=value(0), y=field("category"), text=field("short"), source=self._source, x_offset=10, y_offset=1,
            text_baseline="middle", text_color="#ffffff", text_font_size="12px", text_font=value("Roboto"),
        )  # fmt: skip
        figure.hover(drawn, [("", "@category: @told")], renderers=[bars])
        if self._on_click is not None:
            figure.listen(drawn, self._source, "category", self._on_click)

    def _follow(self, drawn: Figure, told: pd.DataFrame) -> None:
        unit, label = self._axis
        drawn.y_range.factors = list(told["category"])
        drawn.height = max(drawn.height, EDGES_PX + BAR_PX * max(2, len(told)))
        drawn.xaxis.formatter = figure.ticks(unit)
        drawn.xaxis.axis_label = label
        figure.saved_as(drawn, label)


def _frame(rows: Sequence[Row], x: str, y: str, unit: str, chosen: str) -> pd.DataFrame:
    """Return what is drawn, the smallest first: the axis begins at the bottom."""
    told = sorted((row for row in rows if row[y] is not None), key=lambda row: row[y])
    longest = max((float(row[y]) for row in told), default=0.0)
    alphas = [1.0 if not chosen or str(row[x]) == chosen else FADED for row in told]
    return pd.DataFrame(
        {
            "category": pd.Series([str(row[x]) for row in told], dtype=object),
            "amount": [float(row[y]) for row in told],
            "told": pd.Series([formats.amount(row[y], unit) for row in told], dtype=object),
            "short": pd.Series(
                [
                    formats.short_amount(row[y], unit) if float(row[y]) > longest * ROOM_FOR_TEXT and alpha == 1 else ""
                    for row, alpha in zip(told, alphas, strict=True)
                ],
                dtype=object,
            ),
            "alpha": alphas,
        }
    )


def bar(
    rows: Sequence[Row], *, x: str, y: str, unit: str, label: str, on_click: Callable[[str], None] | None = None
) -> pn.Column:
    """Return horizontal bars that do not change; see `Bars.show`."""
    bars = Bars(on_click)
    bars.show(rows, x=x, y=y, unit=unit, label=label)
    return bars.view
