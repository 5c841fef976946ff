"""Knows when something was written to the database: one reader per process, whoever many look at it."""

from __future__ import annotations

import threading
import time
from functools import cache

from flows.adapters.ledger import UNREACHABLE
from flows.adapters.warehouse import Warehouse

INTERVAL_S = 1.0


class Changes:
    """The number of the last audit event, read at most once a second, and only when somebody asks."""

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse
        self._lock = threading.Lock()
        self._read_at = float("-inf")
        self._revision = 0

    @classmethod
    @cache
    def of(cls, warehouse: Warehouse) -> Changes:
        """Return the one of this process."""
        return cls(warehouse)

    def revision(self) -> int:
        """Return a number that rises with every write; the last one known while the database is away."""
        with self._lock:
            if time.monotonic() < self._read_at + INTERVAL_S:
                return self._revision
            self._read_at = time.monotonic()
        try:
            row = self._warehouse.rows("select max(event_id) as revision from platform.audit_event")[0]
        except UNREACHABLE:
            return self._revision
        self._revision = row["revision"] or 0
        return self._revision
