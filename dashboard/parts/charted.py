"""A card with a chart that can be read as a table too: by screen readers, and to get at the rows behind each mark."""

from collections.abc import Sequence
from typing import Any

import panel as pn
import panel_material_ui as pmui
from panel.viewable import Viewable

from dashboard.charts.figure import Chart
from dashboard.parts.card import card, filling
from dashboard.parts.exported import csv_link
from dashboard.parts.table import Column, Row, table_markup
from dashboard.parts.text import empty, markup

QUIET = {"opacity": 0.75}


class Charted:
    """A card; `tell` gives it the rows of its table, its chart is shown by whoever made it.

    Attributes:
        chart: The chart.
        view: The card.
    """

    def __init__(
        self, title: str, chart: Chart, *, nothing: tuple[str, str], controls: tuple[Viewable, ...] = ()
    ) -> None:
        self.chart = chart
        self._title = title
        self._says = markup("", visible=False)
        self._table = markup("", visible=False)
        self._empty = empty(*nothing)
        self._empty.visible = False
        self._has_rows = True
        self._is_table = False
        self._export, self._png = markup(""), pmui.Button(label="PNG", icon="image", size="small")
        self._png.param.update(variant="text", margin=0, description="Save the chart as a PNG picture")
        self._png.on_click(lambda _: chart.save())
        self._foot = pmui.Row(
            self._export,
            self._png,
            margin=0,
            sizing_mode="stretch_width",
            sx={"gap": 1, "alignItems": "center"},
        )
        self._switch = pmui.IconButton(icon="toc", description="Show as a table", size="small", margin=0, sx=QUIET)
        self._switch.on_click(lambda _: self._turn())
        content = pn.Column(chart.view, self._table, self._empty, sizing_mode="stretch_width", margin=0)
        self.view = filling(card(title, self._says, *controls, content, self._foot, actions=(self._switch,)))

    def tell(self, rows: Sequence[Row], columns: Sequence[Column], says: str = "", export: str = "") -> None:
        """Show a table of these rows in place of the chart, if a person wants it; with no row, what to do.

        Args:
            says: Markup of ours under the heading.
            export: Address under which these rows leave as CSV.
        """
        link = csv_link(export, len(rows)) if export else ""
        if self._export.object != link:
            self._export.param.update(object=link, visible=bool(link))
        html = table_markup(rows, columns, caption=self._title)
        if self._table.object != html:
            self._table.object = html
        told = f'<p class="q-says">{says}</p>' if says else ""
        if self._says.object != told:
            self._says.param.update(object=told, visible=bool(told))
        self._has_rows = bool(rows)
        self._arrange()

    def _turn(self) -> None:
        self._is_table = not self._is_table
        shown: dict[str, Any] = (  # Any: parameters of the button
            {"icon": "bar_chart", "description": "Show as a chart"}
            if self._is_table
            else {"icon": "toc", "description": "Show as a table"}
        )
        self._switch.param.update(**shown)
        self._arrange()

    def _arrange(self) -> None:
        self.chart.view.visible = self._has_rows and not self._is_table
        self._table.visible = self._has_rows and self._is_table
        self._empty.visible = not self._has_rows
        self._switch.visible = self._foot.visible = self._has_rows
        self._png.visible = self._has_rows and not self._is_table
