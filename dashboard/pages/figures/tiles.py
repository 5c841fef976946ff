"""One tile per view that a dataset declares: a figure, a chart with the table behind it, or a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Protocol

from panel.viewable import Viewable

from dashboard.charts.bar import bars
from dashboard.charts.line import line, upright_bars
from dashboard.charts.picture import Picture
from dashboard.formats import escaped
from dashboard.pages.figures.texts import measured, told, words
from dashboard.parts.card import card
from dashboard.parts.charted import Charted
from dashboard.parts.exported import csv_link, csv_url
from dashboard.parts.table import Column, Row, table_markup
from dashboard.parts.text import empty, markup
from dashboard.parts.tile import show, tile, tile_markup
from dashboard.store.figures import Answer
from flows.core.dataset import Dataset
from flows.core.views import View

if TYPE_CHECKING:
    from dashboard.visit import Visit

NOTHING = ("Nothing to show yet", 'As soon as a file is loaded it stands here. <a href="/upload">Upload one</a>.')


class Tile(Protocol):
    """What shows the answer of one view."""

    @property
    def view(self) -> Viewable:
        """Where it stands on the page."""

    def show(self, answer: Answer) -> None:
        """Show an answer."""


class FigureTile:
    """One number.

    Attributes:
        view: The tile.
    """

    def __init__(self, visit: Visit, dataset: Dataset, view: View) -> None:
        self._declared = view
        self._href = visit.link("grid", dataset=dataset.name)
        self._url = _csv_of(dataset, view)
        self.view = tile("", "")

    def show(self, answer: Answer) -> None:
        """Show the measure; the other columns of its row stand below it."""
        view = self._declared
        row = answer.rows[0] if answer.rows else {view.y: None}
        others = "; ".join(f"{words(name).lower()} {told(row[name], name, view)}" for name in row if name != view.y)
        shown, note = told(row[view.y], view.y, view), others or measured(view)
        link = csv_link(self._url, answer.there_are) if answer.rows else ""
        show(self.view, tile_markup(view.question, shown, note=note, href=self._href, extra=link))


class ChartTile:
    """Bars, or a line over days or months.

    Attributes:
        view: The card.
    """

    def __init__(self, visit: Visit, dataset: Dataset, view: View) -> None:
        self._visit, self._dataset, self._declared = visit, dataset, view
        self._card = Charted(view.question, nothing=NOTHING)
        self.view: Viewable = self._card

    def show(self, answer: Answer) -> None:
        """Show the marks; which chart it is follows from what stands on its axis."""
        view = self._declared
        draw = _chart_of(view, answer.rows)
        rows = answer.rows if draw is bars else sorted(answer.rows, key=lambda row: row[view.x])
        picture = draw(rows, x=view.x, y=view.y, unit=view.unit, label=measured(view))
        left_out = _left_out(answer, "latest" if view.chart == "line" else "largest")
        url = _csv_of(self._dataset, view) if rows else ""
        self._card.tell(picture, rows, self._columns(rows), left_out, url, answer.there_are)

    def _columns(self, rows: Sequence[Row]) -> tuple[Column, ...]:
        first, *others = _columns(rows, self._declared)
        return (Column(title=first.title, markup=self._named), *others)

    def _named(self, row: Row) -> str:
        """Return what stands on the axis; it leads to its rows where the rows have such a column."""
        x = self._declared.x
        shown = escaped(told(row[x], x, self._declared))
        if x not in self._dataset.mart_columns or row[x] is None:
            return shown
        href = self._visit.link("grid", dataset=self._dataset.name, **{x: row[x]})
        return f'<a href="{escaped(href)}">{shown}</a>'


class TableTile:
    """Rows as they stand.

    Attributes:
        view: The card.
    """

    def __init__(self, _visit: Visit, dataset: Dataset, view: View) -> None:
        self._declared, self._url = view, _csv_of(dataset, view)
        self._says, self._table = markup("", visible=False), markup("")
        self._empty = empty(*NOTHING)
        self.view: Viewable = card(view.question, self._says, self._table, self._empty)

    def show(self, answer: Answer) -> None:
        """Show the first rows."""
        self._empty.visible, self._table.visible = not answer.rows, bool(answer.rows)
        says = _left_out(answer, "first")
        self._says.param.update(object=f'<p class="q-says">{says}</p>', visible=bool(says))
        rows = table_markup(answer.rows, _columns(answer.rows, self._declared), caption=self._declared.question)
        self._table.object = f'<div class="q-tall">{rows}</div><p>{csv_link(self._url, answer.there_are)}</p>'


def tile_of(visit: Visit, dataset: Dataset, view: View) -> Tile:
    """Return the tile of a view, which shows nothing yet."""
    kinds: dict[str, Any] = {"figure": FigureTile, "table": TableTile}  # Any: classes that are made the same way
    made: Tile = kinds.get(view.chart, ChartTile)(visit, dataset, view)
    return made


def _csv_of(dataset: Dataset, view: View) -> str:
    return csv_url("figures", view.relation, {"dataset": dataset.name})


def _chart_of(view: View, rows: Sequence[Row]) -> Callable[..., Picture]:
    values = [row[view.x] for row in rows]
    if not values or not all(isinstance(value, date) for value in values):
        return bars
    return upright_bars if view.chart == "bar" and all(value.day == 1 for value in values) else line


def _columns(rows: Sequence[Row], view: View) -> tuple[Column, ...]:
    """Return the columns of a table, what stands on the axis first."""
    there = list(rows[0]) if rows else [view.x, view.y]
    names = sorted(there, key=lambda name: (name != view.x, there.index(name)))
    return tuple(_column(name, view) for name in names if name)


def _column(name: str, view: View) -> Column:
    title = measured(view) if name == view.y else words(name)
    return Column(title=title, show=lambda row: told(row[name], name, view), is_number=name == view.y)


def _left_out(answer: Answer, which: str) -> str:
    return f"The {len(answer.rows):,} {which} of {answer.there_are:,}." if answer.left_out else ""
