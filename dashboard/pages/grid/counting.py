"""Rows counted exactly while a person looks at the first of them, so that an estimate stands for a moment only."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from queue import SimpleQueue

import panel as pn
from bokeh.document import Document

from dashboard.in_order import act_soon
from dashboard.store import grid as store
from dashboard.store.counted import Counted
from dashboard.store.grid import Number
from dashboard.store.question import Question, SupersededError
from dashboard.store.selection import Selection
from flows.adapters.ledger import UNREACHABLE
from flows.adapters.warehouse import Connection, Warehouse
from flows.core.errors import MistakeError

LOG = logging.getLogger(__name__)
Count = Callable[[Connection, Selection], Number]
REST_S = 1.0
"""How long nothing else may have been chosen before the database is asked to count."""


class _Aside:
    """Does one thing after the other for the process, so that counts take no more than one core of the database.

    A daemon, which the end of the process does not wait for.
    """

    def __init__(self) -> None:
        self._waiting: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def do(self, act: Callable[[], None]) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work_off, name="count", daemon=True)
                self._thread.start()
        self._waiting.put(act)

    def _work_off(self) -> None:
        while True:
            act = self._waiting.get()
            try:
                act()
            except Exception:
                LOG.exception("counting failed")
            del act  # else it keeps a session that is closed until the next one is counted


_ASIDE = _Aside()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    chosen: Selection
    count: Count
    document: Document | None
    since: float = field(default_factory=time.monotonic)
    is_over: threading.Event = field(default_factory=threading.Event)


class Counting:
    """Counts for one session, one selection at a time."""

    def __init__(self, warehouse: Warehouse, done: Callable[[Selection, Number], None]) -> None:
        """Begin without a count.

        Args:
            done: Is told the number of rows of a selection, unless another was chosen meanwhile.
        """
        self._done = done
        self._question, self._known = Question(warehouse), Counted.of(warehouse)
        self._lock = threading.Lock()
        self._wanted: _Wanted | None = None

    def begin(self, chosen: Selection) -> None:
        """Count these rows soon, however many they are, unless they took too long before."""
        if not self._known.took_too_long(chosen):
            self._begin(chosen, store.count_aside)

    def begin_again(self, chosen: Selection) -> None:
        """Count these rows once more, now that something was written; many are not counted after every write."""
        self._begin(chosen, store.count)

    def stop(self) -> None:
        """Count no more."""
        with self._lock:
            before, self._wanted = self._wanted, None
        if before is not None:
            before.is_over.set()
            self._question.cancel()

    def _begin(self, chosen: Selection, count: Count) -> None:
        with self._lock:
            if self._wanted is not None and self._wanted.chosen == chosen:
                return
        self.stop()
        with self._lock:
            self._wanted = wanted = _Wanted(chosen=chosen, count=count, document=pn.state.curdoc)
        _ASIDE.do(lambda: self._count(wanted))

    def _count(self, wanted: _Wanted) -> None:
        """Count once the person rests; what is chosen meanwhile ends it."""
        if wanted.is_over.wait(max(0.0, wanted.since + REST_S - time.monotonic())):
            return
        try:
            number = self._known.number(wanted.chosen) or self._asked(wanted)
        finally:
            with self._lock:
                is_last = self._wanted is wanted
                if is_last:
                    self._wanted = None
        if is_last and number is not None:
            _soon(wanted.document, lambda: self._done(wanted.chosen, number))

    def _asked(self, wanted: _Wanted) -> Number | None:
        revision, number = self._known.revision(), None
        try:
            with self._question.asked() as connection:
                if wanted.is_over.is_set():  # it was not yet to be cancelled when it should have been
                    return None
                number = wanted.count(connection, wanted.chosen)
        except (SupersededError, *UNREACHABLE):
            return None
        except MistakeError:
            pass  # it took too long, which is remembered
        if number is not None and not number.is_exact:
            return None
        self._known.keep(wanted.chosen, number, revision)
        return number


def _soon(document: Document | None, act: Callable[[], None]) -> None:
    """Act in the order of the session; without one, as in a program, at once."""
    if document is None:
        act()
        return
    with suppress(RuntimeError):  # the process ends, and its threads take nothing any more
        act_soon(document, act)
