"""Shares over days or over files, several at once, with the targets that they are held against."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, Literal

import hvplot.pandas  # noqa: F401  # registers `.hvplot`
import pandas as pd
from bokeh.models import (
    BasicTicker,
    DataRange1d,
    DatetimeTicker,
    DatetimeTickFormatter,
    NoOverlap,
    NumeralTickFormatter,
    Range1d,
)
from bokeh.models.annotations import Label, Span

from dashboard import formats
from dashboard.charts import figure
from dashboard.charts.figure import Figure, Row
from dashboard.theme import SERIES

HEIGHT_PX = 250
DASHES = ("solid", "dashed")
TARGET = "#808caa"


class Shares(figure.Chart):
    """Lines of shares, each with its own colour and dash; a click on a point tells its run or day.

    Args:
        measures: Names of columns by what they are called.
        by: Whether a point is a day or a file, in their order.
        target: Share that is aimed at, drawn as a line.
        is_from_zero: Whether the axis begins at zero.
    """

    def __init__(
        self,
        measures: Mapping[str, str],
        *,
        by: Literal["day", "file"],
        target: float | None = None,
        is_from_zero: bool = False,
    ) -> None:
        super().__init__()
        self._measures, self._by, self._target, self._is_from_zero = measures, by, target, is_from_zero

    def show(self, rows: Sequence[Row], *, label: str) -> None:
        """Show rows, oldest first; `label` names the picture that is saved."""
        self._label = label
        told: dict[str, Any] = {
            "at": [pd.Timestamp(row["started_on"]) for row in rows]
            if self._by == "day"
            else [*range(1, len(rows) + 1)],
            "name": pd.Series([_name(row, self._by) for row in rows], dtype=object),
        }
        for number, name in enumerate(self._measures.values()):
            told[f"y{number}"] = [float("nan") if row[name] is None else float(row[name]) for row in rows]
            told[f"t{number}"] = pd.Series([formats.share(row[name]) for row in rows], dtype=object)
        self._show(pd.DataFrame(told), self._element)

    def _element(self, told: pd.DataFrame) -> Any:  # Any: HoloViews has no types
        return told.hvplot.line(
            x="at", y="y0", color=SERIES[0], xlabel="", ylabel="", responsive=True, height=200
        ).opts(default_tools=["save"])

    @property
    def _kind(self) -> Hashable:
        return (*self._measures, self._by, self._target)

    def _finish(self, drawn: Figure) -> None:
        drawn.height = HEIGHT_PX
        drawn.renderers = []
        for number in range(len(self._measures)):
            colour = SERIES[number]
            drawn.line(
                x="at", y=f"y{number}", source=self._source, line_color=colour, line_width=2.2,
                line_dash=DASHES[number % len(DASHES)],
            )  # fmt: skip
            drawn.scatter(x="at", y=f"y{number}", source=self._source, size=7, color=colour, line_alpha=0)
        names = [(label, f"@t{number}") for number, label in enumerate(self._measures)]
        figure.hover(drawn, [("", "@name"), *names], renderers=[drawn.renderers[-1]], mode="vline")
        self._lay_out(drawn)

    def _lay_out(self, drawn: Figure) -> None:
        drawn.y_range = Range1d()
        drawn.x_range = DataRange1d(range_padding=0.06)
        drawn.xgrid.visible = False
        drawn.yaxis.ticker = BasicTicker(desired_num_ticks=5)
        drawn.yaxis.formatter = NumeralTickFormatter(format="0.[0] %")
        drawn.xaxis.major_label_policy = NoOverlap(min_distance=8)
        if self._by == "day":
            drawn.xaxis.ticker = DatetimeTicker(desired_num_ticks=6)
            drawn.xaxis.formatter = DatetimeTickFormatter(days="%d %b", months="%b %Y", years="%Y")
        else:
            drawn.xaxis.major_label_text_alpha = 0
            drawn.xaxis.axis_label = "files, oldest to newest"
        if self._target is not None:
            drawn.add_layout(Span(location=self._target, line_color=TARGET, line_width=1.6, line_dash="dotted"))
            drawn.add_layout(
                Label(
                    x=8,
                    x_units="screen",
                    y=self._target,
                    text=f"target {formats.share(self._target, decimals=0)}",
                    text_color=TARGET,
                    text_font="Roboto",
                    text_font_size="12px",
                    y_offset=3,
                )
            )

    def _follow(self, drawn: Figure, told: pd.DataFrame) -> None:
        low, high = _ends(told.filter(regex=r"^y\d$"), self._target)
        room = max((high - low) * 0.12, 0.004)
        drawn.y_range.start = -room if self._is_from_zero else low - room
        drawn.y_range.end = high + room
        figure.saved_as(drawn, self._label)


def _ends(shares: pd.DataFrame, target: float | None) -> tuple[float, float]:
    """Return the smallest and the largest share, the target among them; 0 and 1 where there is none."""
    told = [share for share in shares.to_numpy(dtype=float).ravel() if not pd.isna(share)]
    told += [] if target is None else [target]
    return (min(told), max(told)) if told else (0.0, 1.0)


def _name(row: Row, by: str) -> str:
    return formats.day(row["started_on"]) if by == "day" else str(row["base_name"])
