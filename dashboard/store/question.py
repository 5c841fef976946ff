"""The one question that a session asks the database at a time: a newer one cancels it, and none takes long."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from psycopg.errors import QueryCanceled

from flows.adapters.warehouse import Connection, Warehouse
from flows.core.errors import MistakeError

LIMIT_S = 3
_SAVEPOINT = "within"


class SupersededError(Exception):
    """The person chose something else meanwhile, or pressed Cancel."""


class TooLongError(Exception):
    """An answer took longer than it might."""


@contextmanager
def within(connection: Connection, milliseconds: int) -> Iterator[None]:
    """Limit the statements of a part of a question; afterwards the limit of before holds again.

    The end of the limit may also hit the statement after the one that was limited, so that nothing is released before
    the limit is gone: the part can be given up wherever it was stopped, and the question goes on.

    Raises:
        TooLongError: One took longer.
    """
    (before,) = connection.execute("select current_setting('statement_timeout') as told").fetchall()
    connection.execute(f"savepoint {_SAVEPOINT}".encode())
    try:
        _limit(connection, f"{milliseconds}ms")
        yield
        _limit(connection, before["told"])
    except QueryCanceled as error:
        if "timeout" not in (error.diag.message_primary or ""):
            raise
        connection.execute(f"rollback to savepoint {_SAVEPOINT}".encode())
        raise TooLongError from None
    connection.execute(f"release savepoint {_SAVEPOINT}".encode())


def _limit(connection: Connection, told: str) -> None:
    connection.execute("select set_config('statement_timeout', %s, true)", (told,))


class Question:
    """Asks within a time limit."""

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse
        self._lock = threading.Lock()
        self._running: Connection | None = None
        self._number = 0

    @contextmanager
    def asked(self) -> Iterator[Connection]:
        """Yield a connection for reading; what was asked before ends.

        Raises:
            MistakeError: It took too long.
            SupersededError: A newer question came, or it was cancelled.
        """
        mine = self.cancel()
        try:
            with self._warehouse.transaction() as connection:
                connection.execute(f"set local statement_timeout = '{LIMIT_S}s'".encode())
                connection.execute("set local jit = off")  # it costs more than it saves within such a time
                self._begin(mine, connection)
                try:
                    yield connection
                finally:
                    self._end(connection)
        except (QueryCanceled, TooLongError):
            if mine != self._number:
                raise SupersededError from None
            raise MistakeError(
                f"this took more than {LIMIT_S} s and was stopped; filter by a day or a key, or sort by a column "
                "whose title is marked as fast"
            ) from None
        if mine != self._number:
            raise SupersededError

    def cancel(self) -> int:
        """End what is being asked; return the number of the next question."""
        with self._lock:
            self._number += 1
            if self._running is not None:
                self._running.cancel_safe(timeout=1)
            return self._number

    def _begin(self, mine: int, connection: Connection) -> None:
        with self._lock:
            if mine != self._number:
                raise SupersededError
            self._running = connection

    def _end(self, connection: Connection) -> None:
        with self._lock:
            if self._running is connection:
                self._running = None
