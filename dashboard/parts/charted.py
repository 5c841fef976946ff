"""A card with a chart that can be read as a table too: by screen readers, and to get at the rows behind each mark."""

from collections.abc import Sequence
from typing import Any

import panel as pn
import panel_material_ui as pmui
from panel.viewable import Viewable

from dashboard.charts.figure import Chart
from dashboard.parts.card import card, filling
from dashboard.parts.exported import csv_link
from dashboard.parts.layout import place
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
        self._title, self._nothing = title, nothing
        self._rows: Sequence[Row] = ()
        self._columns: Sequence[Column] = ()
        self._is_table = False
        self._says: Any = None  # Any: panes, which are made when they are first needed; so are these
        self._table: Any = None
        self._empty: Any = None
        self._export, self._png = markup(""), pmui.Button(label="PNG", icon="image", size="small")
        self._png.param.update(variant="text", margin=0, description="Save the chart as a PNG picture")
        self._png.on_click(lambda _: chart.save())
        beside = {"gap": ".5rem", "align-items": "center"}
        self._foot = pn.Row(self._export, self._png, margin=0, sizing_mode="stretch_width", styles=beside)
        self._switch = pmui.IconButton(icon="toc", description="Show as a table", size="small", margin=0, sx=QUIET)
        self._switch.on_click(lambda _: self._turn())
        self._content = place(chart.view)
        self.view = filling(card(title, *controls, self._content, self._foot, actions=(self._switch,)))

    def tell(self, rows: Sequence[Row], columns: Sequence[Column], says: str = "", export: str = "") -> None:
        """Show a table of these rows in place of the chart, if a person wants it; with no row, what to do.

        Args:
            says: Markup of ours under the heading.
            export: Address under which these rows leave as CSV.
        """
        link = csv_link(export, len(rows)) if export else ""
        if self._export.object != link:
            self._export.param.update(object=link, visible=bool(link))
        self._rows, self._columns = rows, columns
        told = f'<p class="q-says">{says}</p>' if says else ""
        if told and self._says is None:
            self._says = markup("")
            self.view.insert(1, self._says)
        if self._says is not None and self._says.object != told:
            self._says.param.update(object=told, visible=bool(told))
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
        has_rows = bool(self._rows)
        self.chart.view.visible = has_rows and not self._is_table
        self._show_table(has_rows and self._is_table)
        if self._empty is None and not has_rows:
            self._empty = empty(*self._nothing)
            self._content.append(self._empty)
        if self._empty is not None:
            self._empty.visible = not has_rows
        self._switch.visible = self._foot.visible = has_rows
        self._png.visible = has_rows and not self._is_table

    def _show_table(self, is_shown: bool) -> None:
        if is_shown and self._table is None:
            self._table = markup("")
            self._content.append(self._table)
        if is_shown:
            html = table_markup(self._rows, self._columns, caption=self._title)
            if self._table.object != html:
                self._table.object = html
        if self._table is not None:
            self._table.visible = is_shown
