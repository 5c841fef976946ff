"""The rows that are shown: asked for, kept in place while others change them, moved through page by page."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from dashboard.store import grid as store
from dashboard.store.counted import Counted
from dashboard.store.grid import Line, Number, Page, Way
from dashboard.store.question import Question, SupersededError
from dashboard.store.selection import Selection
from flows.core.errors import QuaysideError

if TYPE_CHECKING:
    from dashboard.visit import Visit

FEW = Number(rows=0, is_exact=True)


class Rows:
    """One page of rows of one selection.

    Attributes:
        lines: The rows, in the order in which they were asked for; an edit moves none.
        number: How many there are in all.
        first: Number of the first one, 0 where it is not known.
        is_stale: Whether rows came or went since.
    """

    def __init__(self, visit: Visit, busy: Callable[[bool], None], refused: Callable[[], None]) -> None:
        """Begin without rows.

        Args:
            busy: Is told whether the database is being asked.
            refused: Is called where an answer took too long or nothing like it can be asked for.
        """
        self._visit, self._busy, self._refused = visit, busy, refused
        self._question, self._counted = Question(visit.parts.warehouse), Counted.of(visit.parts.warehouse)
        self._lock = threading.RLock()
        self._asking = 0
        self.chosen: Selection | None = None
        self.lines: tuple[Line, ...] = ()
        self.number = FEW
        self.first = 1
        self.has_before = self.has_after = False
        self.is_stale = False

    def open(self, chosen: Selection, row: str = "") -> bool:
        """Ask for the first page, or for the one that begins with a row; return whether it came."""

        def ask(connection: Any) -> tuple[Page, Number, bool]:  # Any: a connection
            place = store.find(connection, chosen, row) if row else None
            page = store.page(connection, chosen, "from" if place else "first", place.position if place else ())
            is_whole = place is None and not page.has_more
            known = len(page.lines)
            if is_whole:
                return page, Number(rows=known, is_exact=True), False
            number = self._counted.number(chosen) or store.count(connection, chosen, at_least=known + page.has_more)
            return page, number, place is not None

        found = self._ask(ask)
        if found is None:
            return False
        page, number, is_from = found
        with self._lock:
            is_from = is_from and number.rows > len(page.lines)
            self.chosen, self.number, self.lines = chosen, number, page.lines
            self.first = 0 if is_from else 1
            self.has_before, self.has_after, self.is_stale = is_from, page.has_more, False
        return True

    def move(self, way: Way) -> bool:
        """Ask for the page before or after, the first or the last one."""
        chosen, lines = self.chosen, self.lines
        if chosen is None or way == "first" or not lines:
            return chosen is not None and self.open(chosen)
        place = lines[-1 if way == "after" else 0].position
        page = self._ask(lambda connection: store.page(connection, chosen, way, place))
        if page is None or not page.lines:
            return False
        if way == "before" and not page.has_more:
            return self.open(chosen)  # the first page, and a whole one
        with self._lock:
            self._moved(way, page)
        return True

    def count(self) -> bool:
        """Count every row."""
        chosen = self.chosen
        if chosen is None:
            return False
        number = self._ask(lambda connection: store.count_all(connection, chosen))
        return number is not None and self.know(chosen, number)

    def know(self, chosen: Selection, number: Number) -> bool:
        """Take a number of rows that was counted; return whether it is of those that are shown."""
        with self._lock:
            if chosen != self.chosen:
                return False
            self.is_stale = self.is_stale or (self.number.is_exact and self.number != number)
            self.number = number
            if self.lines and not self.first and not self.has_after:
                self.first = number.rows - len(self.lines) + 1
            return True

    def look_again(self) -> bool:
        """Read the rows that are shown once more, each in its place; return whether one changed."""
        chosen, lines = self.chosen, self.lines
        if chosen is None:
            return False
        with self._visit.parts.warehouse.transaction() as connection:
            now = store.by_name(connection, chosen, [line.name for line in lines])
        with self._lock:
            if self.lines is not lines:
                return False
            self.lines = tuple(now.get(line.name, line) for line in lines)
            self.is_stale = self.is_stale or len(now) < len(lines)
            return self.lines != lines

    def line(self, name: str) -> Line | None:
        """Return a row that is shown."""
        return next((line for line in self.lines if line.name == name), None)

    def cancel(self) -> None:
        """Stop asking."""
        self._question.cancel()

    def _moved(self, way: Way, page: Page) -> None:
        before = len(self.lines)
        self.lines = page.lines
        self.has_before = way != "before" or page.has_more
        self.has_after = way == "before" or (way == "after" and page.has_more)
        if way == "last":
            self.first = self.number.rows - len(page.lines) + 1 if self.number.is_exact else 0
        elif self.first:
            self.first += before if way == "after" else -len(page.lines)

    def _ask(self, ask: Callable[[Any], Any]) -> Any:  # Any: a connection, and what is asked for
        self._tell_busy(1)
        try:
            with self._question.asked() as connection:
                return ask(connection)
        except SupersededError:
            return None
        except QuaysideError as error:
            self._visit.toast(str(error), "error")
            self._refused()
            return None
        finally:
            self._tell_busy(-1)

    def _tell_busy(self, change: int) -> None:
        with self._lock:
            self._asking += change
            self._busy(self._asking > 0)
