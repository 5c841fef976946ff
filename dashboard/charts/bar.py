"""Bars, one per category, the largest on top; a click on one tells which."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import hvplot.pandas  # noqa: F401  # registers `.hvplot`
import pandas as pd
from bokeh.core.properties import field, value
from bokeh.models import BasicTicker, ColumnDataSource, DataRange1d

from dashboard import formats
from dashboard.charts import figure
from dashboard.charts.picture import MARK, Picture, Row, file_name
from dashboard.charts.template import QUIET, Dress, Figure, drawn_once
from dashboard.theme import SERIES

BAR_PX, THICKEST_PX = 30, 44
EDGES_PX = 64
FADED = 0.3
ROOM_FOR_TEXT = 0.4
"""Share of the longest bar from which on its amount is written into a bar."""
COLUMNS = ("category", "amount", "alpha", "told", "inside", "beside", "told_at", MARK)


def bars(
    rows: Sequence[Row],
    *,
    x: str,
    y: str,
    unit: str,
    label: str,
    chosen: str = "",
    order: Sequence[str] = (),
    bar_px: int = BAR_PX,
    at_least_px: int = 0,
) -> Picture:
    """Return horizontal bars of `y` by `x`.

    Args:
        unit: INR, IDR, IDR/GB, or a word for what is counted.
        label: What the measure is called on its axis.
        chosen: Category that a person looks at; the others fade.
        order: Categories from the top, where they have an order of their own.
        bar_px: Height of a bar with its gap.
        at_least_px: Height below which the figure does not shrink, so that nothing under it jumps.
    """
    shown = _sorted(rows, x, y, order)
    height = max(at_least_px, EDGES_PX + bar_px * max(2, len(shown)))
    room = (height - EDGES_PX) / max(1, len(shown))
    return Picture(
        figure=drawn_once(("bars", unit), _element, COLUMNS, _dresser(unit)),
        columns=_columns(shown, x, y, unit, chosen),
        changes={
            "y": {"factors": [str(row[x]) for row in shown]},
            "x axis": {"axis_label": label},
            "glyph": {"height": min(0.72, THICKEST_PX / room)},
        },
        name=file_name(label),
        height_px=height,
    )


def _element() -> Any:  # Any: HoloViews has no types
    example = pd.DataFrame({"category": ["one"], "amount": [1.0]})
    return example.hvplot.bar(
        x="category", y="amount", invert=True, color=SERIES[0], xlabel="", responsive=True, legend=False, height=200
    ).opts(default_tools=[], line_alpha=0)


def _dresser(unit: str) -> Dress:
    def dress(drawn: Figure, source: ColumnDataSource) -> None:
        figure.dress(drawn)
        (shown,) = drawn.renderers
        shown.glyph.update(y=field("category"), right=field("amount"), fill_alpha=field("alpha"), border_radius=4)
        drawn.x_range = DataRange1d(start=0, range_padding=0.04)
        drawn.xaxis.ticker = BasicTicker(desired_num_ticks=figure.ON_PHONE_TICKS)
        drawn.xaxis.formatter = figure.ticks(unit)
        figure.keep_apart(drawn.xaxis)
        drawn.ygrid.visible = False
        _write(drawn, source, "inside").glyph.text_color = "#ffffff"
        _write(drawn, source, "beside").glyph.name = QUIET
        figure.hover(drawn, [("", "@category: @told")], renderers=[shown])
        figure.may_be_clicked(drawn)

    return dress


def _write(drawn: Figure, source: ColumnDataSource, text: str) -> Any:  # Any: a renderer of Bokeh
    return drawn.text(
        x="told_at",
        y="category",
        text=text,
        source=source,
        x_offset=9,
        y_offset=1,
        text_baseline="middle",
        text_font_size=figure.TEXT,
        text_font=value(figure.FONT),
    )


def _sorted(rows: Sequence[Row], x: str, y: str, order: Sequence[str]) -> list[Row]:
    """Return rows as they are drawn: the axis begins at the bottom."""
    rank = {name: len(order) - number for number, name in enumerate(order)}
    told = [row for row in rows if row[y] is not None]
    return sorted(told, key=lambda row: (rank.get(str(row[x]), 0), row[y]))


def _columns(rows: Sequence[Row], x: str, y: str, unit: str, chosen: str) -> dict[str, list[object]]:
    """Return what is drawn; the amount stands in a long bar, white unless the bar fades, and beside a short one."""
    amounts = [float(row[y]) for row in rows]
    longest = max(amounts, default=0.0)
    is_inside = [amount > longest * ROOM_FOR_TEXT for amount in amounts]
    is_bright = [not chosen or str(row[x]) == chosen for row in rows]
    is_white = [all(both) for both in zip(is_inside, is_bright, strict=True)]
    short = [formats.short_amount(row[y], unit) for row in rows]
    categories = [str(row[x]) for row in rows]
    return {
        "category": [*categories],
        "amount": [*amounts],
        "alpha": [1.0 if bright else FADED for bright in is_bright],
        "told": [formats.amount(row[y], unit) for row in rows],
        "inside": [text if white else "" for text, white in zip(short, is_white, strict=True)],
        "beside": ["" if white else text for text, white in zip(short, is_white, strict=True)],
        "told_at": [0.0 if inside else amount for inside, amount in zip(is_inside, amounts, strict=True)],
        MARK: [*categories],
    }
