"""A card with a chart that can be read as a table too: by screen readers, and to get at the rows behind each mark."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import param
from panel.custom import JSComponent
from panel.viewable import Children

from dashboard.charts.picture import Picture
from dashboard.parts.card import GLASS
from dashboard.parts.exported import csv_link
from dashboard.parts.table import Column, Row, table_markup
from dashboard.parts.text import empty_markup, sheet

_SCRIPTS = ("make.js", "chart.js", "charted.js")
_ON_GLASS = {**GLASS, "padding": "1rem", "height": "100%", "box-sizing": "border-box"}
Clicked = Callable[[str], None]


@cache
def _script() -> str:
    return "\n".join(sheet(name) for name in _SCRIPTS)


class Charted(JSComponent):
    """The card.

    Attributes:
        heading: Its heading, a plain text.
        level: The rank of the heading.
        says: Markup of ours under the heading.
        nothing: Markup of ours that stands there while there is no row.
        csv: Markup of ours, the link to the rows as CSV.
        template: The figure that is drawn, see `Picture`.
        told: Its numbers, see `Picture`.
        table: Markup of the table, once somebody asked for it.
        has_rows: Whether there is anything to draw.
        has_table: Whether there is a table behind the chart.
        is_table: Whether the table is shown; told by the browser.
        controls: What stands between the heading and the chart.
    """

    heading = param.String(default="")
    level = param.Integer(default=2)
    says = param.String(default="")
    nothing = param.String(default="")
    csv = param.String(default="")
    template = param.String(default="")
    told = param.String(default="")
    table = param.String(default="")
    has_rows = param.Boolean(default=False)
    has_table = param.Boolean(default=True)
    is_table = param.Boolean(default=False)
    controls = Children(default=[])

    _esm = _script()

    def __init__(
        self, heading: str, *, nothing: tuple[str, str], on_click: Clicked | None = None, **options: Any
    ) -> None:
        """Make a card on glass.

        Args:
            nothing: What is missing while there is no row, and what to do; markup of ours.
            on_click: Called with the mark that was clicked.
        """
        self._on_click = on_click
        self._picture: Picture | None = None
        self._rows: Sequence[Row] = ()
        self._columns: Sequence[Column] = ()
        options = {"css_classes": ["q-glass"], "styles": _ON_GLASS} | options
        super().__init__(  # type: ignore[no-untyped-call]  # of Panel
            heading=heading,
            nothing=empty_markup(*nothing),
            stylesheets=[sheet("parts.css"), sheet("charted.css")],
            sizing_mode="stretch_width",
            margin=0,
            **options,
        )
        self.param.watch(lambda _: self._fill(), "is_table")

    @property
    def height_px(self) -> int:
        """Height of the figure that is shown; 0 where there is none."""
        return self._picture.height_px if self._picture is not None else 0

    def tell(
        self,
        picture: Picture,
        rows: Sequence[Row],
        columns: Sequence[Column] = (),
        says: str = "",
        export: str = "",
        there_are: int = 0,
    ) -> None:
        """Show a picture, and the same rows as a table if a person wants that; with no row, what to do.

        Args:
            columns: Those of the table; without them there is none.
            says: Markup of ours under the heading.
            export: Address under which these rows leave as CSV.
            there_are: How many rows leave there, where they are more than are shown.
        """
        self._rows, self._columns = rows, columns
        told: dict[str, Any] = {"says": says, "csv": csv_link(export, there_are or len(rows)) if export else ""}
        if rows:
            self._picture = picture
            told |= {"template": picture.figure, "told": picture.told}
        self.param.update(**told, table=self._as_table(), has_rows=bool(rows), has_table=bool(columns))

    def _fill(self) -> None:
        self.table = self._as_table()

    def _as_table(self) -> str:
        return table_markup(self._rows, self._columns, caption=self.heading) if self.is_table and self._rows else ""

    def _handle_msg(self, message: Any) -> None:
        """Pass on a click on a mark that is there."""
        mark = message.get("mark") if isinstance(message, dict) else None
        if self._on_click is not None and self._picture is not None and self._picture.has(mark):
            self._on_click(str(mark))
