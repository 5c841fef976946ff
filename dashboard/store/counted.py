"""Exact numbers of rows that were counted aside, or that took too long: remembered until something is written."""

import threading
from collections import OrderedDict
from functools import cache

from dashboard.changes import Changes
from dashboard.store.grid import Number
from dashboard.store.selection import Selection
from flows.adapters.warehouse import Warehouse

KEPT = 200
_Key = tuple[str, tuple[tuple[str, str], ...], str]


class Counted:
    """The numbers that a process knows, whoever asked first; the oldest are forgotten first."""

    def __init__(self, changes: Changes) -> None:
        self._changes = changes
        self._lock = threading.Lock()
        self._revision = 0
        self._numbers: OrderedDict[_Key, Number | None] = OrderedDict()

    @classmethod
    @cache
    def of(cls, warehouse: Warehouse) -> "Counted":
        """Return the one of this process."""
        return cls(Changes.of(warehouse))

    def number(self, chosen: Selection) -> Number | None:
        """Return how many rows there are; None where nobody knows."""
        with self._lock:
            self._forget_old()
            return self._numbers.get(_key(chosen))

    def took_too_long(self, chosen: Selection) -> bool:
        """Return whether they were counted in vain."""
        with self._lock:
            self._forget_old()
            return self._numbers.get(_key(chosen), True) is None

    def keep(self, chosen: Selection, number: Number | None, revision: int) -> None:
        """Remember a number, or that it took too long.

        Args:
            revision: What `revision` told before they were counted.
        """
        with self._lock:
            self._forget_old()
            if revision == self._revision:
                self._numbers[_key(chosen)] = number
                while len(self._numbers) > KEPT:
                    self._numbers.popitem(last=False)

    def revision(self) -> int:
        """Return which writes a number that is counted from now on knows."""
        with self._lock:
            self._forget_old()
            return self._revision

    def _forget_old(self) -> None:
        now = self._changes.revision()
        if now != self._revision:
            self._revision = now
            self._numbers.clear()


def _key(chosen: Selection) -> _Key:
    """Return which rows these are, in whatever order."""
    return chosen.dataset.name, tuple(sorted(chosen.filters.items())), chosen.search
