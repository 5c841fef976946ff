"""The page as a whole: what is chosen, the rows, and what a person does with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from panel.viewable import Viewable

from dashboard.pages.grid.bar import Bar
from dashboard.pages.grid.counting import Counting
from dashboard.pages.grid.details import Details
from dashboard.pages.grid.editing import Editing
from dashboard.pages.grid.marks import marks
from dashboard.pages.grid.pasting import Pasting
from dashboard.pages.grid.rows import Rows
from dashboard.pages.grid.table import Table, columns_of, declaration
from dashboard.pages.grid.words import footer
from dashboard.parts.layout import stack
from dashboard.state.grid import NAMES, GridState, chosen_by, selected
from dashboard.store.grid import Number, Way
from dashboard.store.selection import Selection, filter_columns, shown_columns
from flows.services.accounts import Role

if TYPE_CHECKING:
    from dashboard.visit import Visit

WAYS: tuple[Way, ...] = ("first", "after", "before", "last")


class Sheet:
    """The parts of the page; it holds the rows of one page and no more."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self.state = GridState()
        visit.sync(self.state, *NAMES)
        self._table = Table(
            {
                "edit": self._edit,
                "row": self._choose_row,
                "sort": self._sort,
                "filter": self._filter,
                "page": self._move,
                "count": self._count,
                "cancel": self._cancel,
                "paste": self._paste,
                "undo": self._undo,
                "not_editable": self._tell_not_editable,
            }
        )
        self._rows = Rows(visit, self._show_busy, self._put_back)
        self._counting = Counting(visit.parts.warehouse, self._know)
        self._is_putting_back = False
        self._editing = Editing(visit, self._put)
        self._details = Details(visit, self.follow)
        self._pasting = Pasting(visit, self._rows, self.follow)
        self._bar = Bar(visit, self.state, self._ask_for_paste)
        self._declare()
        self._open(self.state.row)
        self.state.param.watch(self._chosen, list(NAMES))

    def view(self) -> Viewable:
        """Return the page."""
        return stack(self._bar.view, self._table, self._details.view)

    def follow(self) -> None:
        """Show what was written meanwhile; no row leaves its place."""
        if not self._rows.lines:
            self._open()
            return
        self._rows.look_again()
        self._show()
        self._details.show(self.selection.dataset, self.state.row)
        if self._rows.chosen is not None and self._rows.number.is_exact:
            self._counting.begin_again(self._rows.chosen)

    def _show_busy(self, is_busy: bool) -> None:
        self._table.is_busy = is_busy

    @property
    def selection(self) -> Selection:
        """What is chosen."""
        return selected(self.state)

    def _declare(self) -> None:
        self._table.columns = declaration(self.selection.dataset, may_edit=self._visit.may(Role.EDITOR))

    def _open(self, row: str = "") -> None:
        self._counting.stop()
        if self._rows.open(self.selection, row):
            self._show()
        self._count_aside()
        self._details.show(self.selection.dataset, self.state.row)

    def _show(self) -> None:
        chosen, lines = self.selection, self._rows.lines
        self._table.page = {
            "rows": [{"id": line.name, **line.cells} for line in lines],
            "marks": marks(self._visit, chosen.dataset, lines),
            "sort": chosen.sort,
            "filters": dict(chosen.filters),
            "row": self.state.row,
            "told": dict(footer(self._rows, chosen)),
        }
        self._bar.show(chosen)

    def _put_back(self) -> None:
        """Choose what the rows on the screen are, where another choice gave none: an export holds what is seen."""
        shown = self._rows.chosen
        if shown is None or shown == self.selection:
            return
        self._is_putting_back = True
        try:
            self.state.param.update(**chosen_by(shown))
        finally:
            self._is_putting_back = False

    def _chosen(self, *events: Any) -> None:
        """Follow a choice, whoever made it: a header, a link, a saved view."""
        changed = {event.name for event in events}
        if self._is_putting_back:
            self._declare()
            self._show()
            return
        if changed == {"row"}:
            self._show()
            self._details.show(self.selection.dataset, self.state.row)
            return
        if "dataset" in changed:
            self._declare()
        self._open(self.state.row if "row" in changed else "")

    def _sort(self, column: str = "") -> None:
        if column not in shown_columns(self.selection.dataset):
            return
        following = {"": column, column: f"-{column}", f"-{column}": ""}
        self.state.sort = following.get(self.state.sort, column)

    def _filter(self, column: str = "", text: str = "") -> None:
        if column in filter_columns(self.selection.dataset):
            self.state.param.update(**{column: text.strip()})

    def _move(self, way: Way = "first") -> None:
        if way in WAYS and self._rows.move(way):
            self._show()
            self._count_aside()

    def _count(self) -> None:
        self._counting.stop()
        if self._rows.count():
            self._show()

    def _count_aside(self) -> None:
        if self._rows.chosen is not None and not self._rows.number.is_exact:
            self._counting.begin(self._rows.chosen)

    def _know(self, chosen: Selection, number: Number) -> None:
        """Show how many rows there are, now that they are counted; the person does something else meanwhile."""
        if self._rows.know(chosen, number) and chosen == self.selection:
            self._show()

    def _cancel(self) -> None:
        self._counting.stop()
        self._rows.cancel()
        self._put_back()
        self._visit.toast("Stopped; what you see is what was chosen before", "info")

    def _choose_row(self, row: str = "") -> None:
        if not row or self._rows.line(row) is not None:
            self.state.row = row

    def _tell_not_editable(self, column: str = "") -> None:
        self._visit.toast(self._editing.why_not(self.selection.dataset, column), "info")

    def _edit(self, row: str = "", column: str = "", text: str = "", seen: str | None = None) -> None:
        """Write what a person typed over what they saw when they began; the rest of the message is not believed."""
        line = self._rows.line(row)
        if line is not None and column in line.cells:
            self._editing.write(self.selection.dataset, line, column, text, seen)

    def _undo(self, row: str = "", column: str = "") -> None:
        """Take back what was last written into a cell."""
        line = self._rows.line(row)
        if line is not None and column in line.cells:
            self._editing.take_back(self.selection.dataset, line, column)

    def _ask_for_paste(self) -> None:
        dataset = self.selection.dataset
        self._pasting.ask(dataset, columns_of(dataset))

    def _paste(self, row: str = "", column: str = "", text: str = "") -> None:
        dataset = self.selection.dataset
        if self._rows.line(row) is not None and column in columns_of(dataset):
            self._pasting.preview(dataset, columns_of(dataset), text, row, column)

    def _put(self, row: str) -> None:
        """Show a row as it is stored now."""
        self._rows.look_again()
        line = self._rows.line(row)
        if line is not None:
            self._table.put(row, line.cells)
        self._show()
        self._details.show(self.selection.dataset, self.state.row)
