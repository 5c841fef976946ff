"""How a measure is spread in each category: a box from the first to the third quartile, its ends, its median."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor, log10
from typing import Any

import hvplot.pandas  # noqa: F401  # registers `.hvplot`
import pandas as pd
from bokeh.core.properties import field
from bokeh.models import ColumnDataSource, FixedTicker

from dashboard import formats
from dashboard.charts import figure
from dashboard.charts.picture import MARK, Picture, Row, file_name
from dashboard.charts.template import Dress, Figure, drawn_once
from dashboard.theme import SERIES

BOX_PX = 44
EDGES_PX = 64
WIDE = 30
"""An axis whose end is so many times its start has two numbers a decade, a shorter one three."""
MEASURES = ("lowest", "quartile_1", "median", "quartile_3", "highest")
COLUMNS = ("category", *MEASURES, *(f"told_{name}" for name in MEASURES), "alpha", MARK)


def spread(
    rows: Sequence[Row], *, x: str, of: str, unit: str, label: str, chosen: str = "", at_least_px: int = 0
) -> Picture:
    """Return boxes by `x` beside each other on a logarithmic axis, the lowest median on top.

    Args:
        of: What is spread: the rows have `lowest_<of>`, `quartile_1_<of>`, `median_<of>`, and so on.
        unit: INR, IDR, IDR/GB, or a word for what is counted.
        label: What the measure is called on its axis.
        chosen: Category that a person looks at; the others fade.
        at_least_px: Height below which the figure does not shrink, so that nothing under it jumps.
    """
    told = sorted((row for row in rows if row[f"median_{of}"] is not None), key=lambda row: -row[f"median_{of}"])
    columns = _columns(told, x, of, unit, chosen)
    ends = {"start": min(columns["lowest"], default=1.0) * 0.8, "end": max(columns["highest"], default=10.0) * 1.25}
    return Picture(
        figure=drawn_once(("spread", unit), _element, COLUMNS, _dresser(unit)),
        columns=columns,
        changes={
            "y": {"factors": columns["category"]},
            "x": ends,
            "x ticks": {"ticks": _ticks(ends["start"], ends["end"])},
            "x axis": {"axis_label": f"{label}, on a logarithmic scale"},
        },
        name=file_name(label),
        height_px=max(at_least_px, EDGES_PX + BOX_PX * max(2, len(told))),
    )


def _element() -> Any:  # Any: HoloViews has no types
    example = pd.DataFrame({"category": ["one", "two"], "median": [1.0, 10.0]})
    return example.hvplot.scatter(
        x="median", y="category", logx=True, color=SERIES[2], xlabel="", ylabel="", responsive=True, height=200
    ).opts(default_tools=[])


def _dresser(unit: str) -> Dress:
    def dress(drawn: Figure, source: ColumnDataSource) -> None:
        figure.dress(drawn)
        (medians,) = drawn.renderers
        medians.glyph.update(
            x=field("median"), y=field("category"), marker="diamond", size=15, line_color="#ffffff", line_width=1.5
        )
        look: dict[str, Any] = {"source": source, "line_color": SERIES[0]}
        drawn.segment(x0="lowest", x1="highest", y0="category", y1="category", line_width=2, line_alpha="alpha", **look)
        boxes = drawn.hbar(
            y="category", left="quartile_1", right="quartile_3", height=0.5, fill_color=SERIES[0],
            fill_alpha="alpha", line_alpha=0, border_radius=4, source=source,
        )  # fmt: skip
        drawn.renderers = [*(one for one in drawn.renderers if one is not medians), medians]
        drawn.xaxis.ticker = FixedTicker()
        drawn.xaxis.formatter = figure.ticks(unit)
        figure.keep_apart(drawn.xaxis)
        drawn.ygrid.visible = False
        told = [("", "@category"), *((name.replace("_", " "), f"@told_{name}") for name in MEASURES)]
        figure.hover(drawn, told, renderers=[boxes])
        figure.may_be_clicked(drawn)

    return dress


def _ticks(start: float, end: float) -> list[float]:
    """Return round numbers between two: Bokeh's own ticks of such an axis are those of a linear one."""
    decades = range(floor(log10(start)), ceil(log10(end)) + 1)
    steps = (1, 3) if end / start >= WIDE else (1, 2, 5)
    return [
        number
        for number in (float(step * 10**decade) for decade in decades for step in steps)
        if start <= number <= end
    ]


def _columns(rows: Sequence[Row], x: str, of: str, unit: str, chosen: str) -> dict[str, list[Any]]:
    """Return what is drawn, the highest median first: the axis begins at the bottom."""
    categories = [str(row[x]) for row in rows]
    drawn = {name: [max(float(row[f"{name}_{of}"]), 1.0) for row in rows] for name in MEASURES}  # nothing is below one
    texts = {f"told_{name}": [formats.amount(row[f"{name}_{of}"], unit) for row in rows] for name in MEASURES}
    alphas = [0.85 if chosen in ("", category) else 0.25 for category in categories]
    return {"category": categories, **drawn, **texts, "alpha": alphas, MARK: categories}
