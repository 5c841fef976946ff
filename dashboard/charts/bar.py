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

BAR_PX, THICKEST_PX = 30, 44
EDGES_PX = 64
FADED = 0.3
ROOM_FOR_TEXT = 0.4
"""Share of the longest bar from which on its amount is written into a bar."""
INSIDE, BESIDE = "#ffffff", "#75829b"


class Bars(figure.Chart):
    """Horizontal bars.

    Args:
        on_click: Called with the category of a bar that was clicked.
        bar_px: Height of a bar with its gap.
    """

    def __init__(self, on_click: Callable[[str], None] | None = None, *, bar_px: int = BAR_PX) -> None:
        super().__init__()
        self._on_click, self._bar_px = on_click, bar_px
        self._axis = ("", "")
        self._bar: Any = None  # Any: a glyph of Bokeh

    def show(
        self, rows: Sequence[Row], *, x: str, y: str, unit: str, label: str, chosen: str = "", order: Sequence[str] = ()
    ) -> None:
        """Show bars of `y` by `x`.

        Args:
            unit: INR, IDR, IDR/GB, or a word for what is counted.
            label: What the measure is called on its axis.
            chosen: Category that a person looks at; the others fade.
            order: Categories from the top, where they have an order of their own.
        """
        self._axis = (unit, label)
        self._show(_frame(_sorted(rows, x, y, order), x, y, unit, chosen), self._element)

    def _element(self, told: pd.DataFrame) -> Any:  # Any: HoloViews has no types
        return told.hvplot.bar(
            x="category", y="amount", invert=True, color=SERIES[0], xlabel="", responsive=True, legend=False, height=200
        ).opts(default_tools=["save"], line_alpha=0)

    def _finish(self, drawn: Figure) -> None:
        (bars,) = drawn.renderers
        bars.glyph.update(fill_alpha=field("alpha"), border_radius=4)
        bars.nonselection_glyph = bars.selection_glyph = None
        drawn.x_range = DataRange1d(start=0, range_padding=0.04)
        drawn.xaxis.ticker = BasicTicker(desired_num_ticks=figure.ON_PHONE_TICKS)
        drawn.xaxis.major_label_policy = NoOverlap(min_distance=8)
        drawn.ygrid.visible = False
        drawn.text(
            x="told_at",
            y="category",
            text="short",
            text_color="told_in",
            source=self._source,
            x_offset=9,
            y_offset=1,
            text_baseline="middle",
            text_font_size="12px",
            text_font=value("Roboto"),
        )
        figure.hover(drawn, [("", "@category: @told")], renderers=[bars])

    def _attach(self, drawn: Figure) -> None:
        self._bar = drawn.renderers[0].glyph
        if self._on_click is not None:
            figure.listen(drawn, self._source, "category", self._on_click)

    def _follow(self, drawn: Figure, told: pd.DataFrame) -> None:
        unit, label = self._axis
        drawn.y_range.factors = list(told["category"])
        drawn.height = max(drawn.height, EDGES_PX + self._bar_px * max(2, len(told)))
        room = (drawn.height - EDGES_PX) / max(1, len(told))
        self._bar.height = min(0.72, THICKEST_PX / room)
        drawn.xaxis.formatter = figure.ticks(unit)
        drawn.xaxis.axis_label = label
        figure.saved_as(drawn, label)


def _sorted(rows: Sequence[Row], x: str, y: str, order: Sequence[str]) -> list[Row]:
    """Return rows as they are drawn: the axis begins at the bottom."""
    rank = {name: len(order) - number for number, name in enumerate(order)}
    told = [row for row in rows if row[y] is not None]
    return sorted(told, key=lambda row: (rank.get(str(row[x]), 0), row[y]))


def _frame(rows: Sequence[Row], x: str, y: str, unit: str, chosen: str) -> pd.DataFrame:
    """Return what is drawn; the amount stands in a long bar, and beside a short one."""
    amounts = [float(row[y]) for row in rows]
    longest = max(amounts, default=0.0)
    is_inside = [amount > longest * ROOM_FOR_TEXT for amount in amounts]
    is_bright = [not chosen or str(row[x]) == chosen for row in rows]
    texts = {
        "category": [str(row[x]) for row in rows],
        "told": [formats.amount(row[y], unit) for row in rows],
        "short": [formats.short_amount(row[y], unit) for row in rows],
        "told_in": [INSIDE if both == (True, True) else BESIDE for both in zip(is_inside, is_bright, strict=True)],
    }
    return pd.DataFrame(
        {
            **{name: pd.Series(told, dtype=object) for name, told in texts.items()},
            "amount": amounts,
            "alpha": [1.0 if bright else FADED for bright in is_bright],
            "told_at": [0.0 if inside else amount for inside, amount in zip(is_inside, amounts, strict=True)],
        }
    )


def bar(
    rows: Sequence[Row], *, x: str, y: str, unit: str, label: str, on_click: Callable[[str], None] | None = None
) -> pn.Column:
    """Return horizontal bars that do not change; see `Bars.show`."""
    bars = Bars(on_click)
    bars.show(rows, x=x, y=y, unit=unit, label=label)
    return bars.view
