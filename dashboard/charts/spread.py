"""How a measure is spread in each category: a box from the first to the third quartile, its ends, its median."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import hvplot.pandas  # noqa: F401  # registers `.hvplot`
import pandas as pd
from bokeh.models import LogTicker, NoOverlap

from dashboard import formats
from dashboard.charts import figure
from dashboard.charts.figure import Figure, Row
from dashboard.theme import SERIES

BOX_PX = 44
EDGES_PX = 64
MEASURES = ("lowest", "quartile_1", "median", "quartile_3", "highest")


class Spread(figure.Chart):
    """Boxes beside each other on a logarithmic axis, the lowest median on top.

    Args:
        on_click: Called with the category of a box that was clicked.
    """

    def __init__(self, on_click: Callable[[str], None] | None = None) -> None:
        super().__init__()
        self._on_click = on_click
        self._axis = ("", "")

    def show(self, rows: Sequence[Row], *, x: str, of: str, unit: str, label: str, chosen: str = "") -> None:
        """Show the spread by `x`.

        Args:
            of: What is spread: the rows have `lowest_<of>`, `quartile_1_<of>`, `median_<of>`, and so on.
            unit: INR, IDR, IDR/GB, or a word for what is counted.
            label: What the measure is called on its axis.
            chosen: Category that a person looks at; the others fade.
        """
        self._axis = (unit, label)
        self._show(_frame(rows, x, of, unit, chosen), self._element)

    def _element(self, told: pd.DataFrame) -> Any:  # Any: HoloViews has no types
        return told.hvplot.scatter(
            x="median", y="category", logx=True, color=SERIES[2], xlabel="", ylabel="", responsive=True,
            height=200,
        ).opts(default_tools=["save"])  # fmt: skip

    def _finish(self, drawn: Figure) -> None:
        (medians,) = drawn.renderers
        medians.glyph.update(marker="diamond", size=15, line_color="#ffffff", line_width=1.5)
        medians.nonselection_glyph = medians.selection_glyph = None
        look: dict[str, Any] = {"source": self._source, "line_color": SERIES[0]}
        drawn.segment(x0="lowest", x1="highest", y0="category", y1="category", line_width=2, line_alpha="alpha", **look)
        boxes = drawn.hbar(
            y="category", left="quartile_1", right="quartile_3", height=0.5, fill_color=SERIES[0],
            fill_alpha="alpha", line_alpha=0, border_radius=4, source=self._source,
        )  # fmt: skip
        boxes.nonselection_glyph = boxes.selection_glyph = None
        drawn.renderers = [*(one for one in drawn.renderers if one is not medians), medians]
        drawn.xaxis.ticker = LogTicker(desired_num_ticks=5, mantissas=[1, 3])
        drawn.xaxis.major_label_policy = NoOverlap(min_distance=8)
        drawn.ygrid.visible = False
        told = [("", "@category"), *((name.replace("_", " "), f"@told_{name}") for name in MEASURES)]
        figure.hover(drawn, told, renderers=[boxes])

    def _attach(self, drawn: Figure) -> None:
        if self._on_click is not None:
            figure.listen(drawn, self._source, "category", self._on_click)

    def _follow(self, drawn: Figure, told: pd.DataFrame) -> None:
        unit, label = self._axis
        drawn.y_range.factors = list(told["category"])
        drawn.x_range.update(start=told["lowest"].min() * 0.8, end=told["highest"].max() * 1.25)
        drawn.height = max(drawn.height, EDGES_PX + BOX_PX * max(2, len(told)))
        drawn.xaxis.formatter = figure.ticks(unit)
        drawn.xaxis.axis_label = f"{label}, each step ten times as much"
        figure.saved_as(drawn, label)


def _frame(rows: Sequence[Row], x: str, of: str, unit: str, chosen: str) -> pd.DataFrame:
    """Return what is drawn, the highest median first: the axis begins at the bottom."""
    told = sorted((row for row in rows if row[f"median_{of}"] is not None), key=lambda row: -row[f"median_{of}"])
    drawn = {name: [max(float(row[f"{name}_{of}"]), 1.0) for row in told] for name in MEASURES}  # nothing is below one
    texts = {
        f"told_{name}": pd.Series([formats.amount(row[f"{name}_{of}"], unit) for row in told], dtype=object)
        for name in MEASURES
    }
    alphas = [0.85 if chosen in ("", str(row[x])) else 0.25 for row in told]
    categories = pd.Series([str(row[x]) for row in told], dtype=object)
    return pd.DataFrame({"category": categories, **drawn, **texts, "alpha": alphas})
