"""Rows for spreadsheets: one COPY of the database, passed on block by block, audited with its number of rows."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import BinaryIO

from psycopg import sql
from psycopg.errors import DataError

from flows.adapters import audit
from flows.adapters.warehouse import Connection, Warehouse
from flows.core.dataset import Dataset
from flows.core.errors import MistakeError
from flows.services.accounts import Role, SignedIn, authorized

BLOCK_BYTES = 256 << 10
"""How many bytes are passed on at once; the database tells each row by itself."""
_FORMULA = "^[=+@\t\r-]"
Send = Callable[[bytes], object]


def send(warehouse: Warehouse, actor: SignedIn, chosen: sql.Composable, to: Send, *, exported: str) -> int:
    """Send the rows of a query as CSV with a header; return their number.

    What breaks off is audited too: the rows before it have left.

    Args:
        chosen: The query, with its values in it; its texts must be safe, see `safe`.
        to: Takes each block; the database waits until it returns.
        exported: What leaves, in words, for the audit trail.

    Raises:
        RefusedError: Nobody is signed in.
    """
    return sent(warehouse, actor, lambda connection, pass_on: _copy(connection, chosen, pass_on), to, exported=exported)


def sent(
    warehouse: Warehouse,
    actor: SignedIn,
    make: Callable[[Connection, Send], int],
    to: Send,
    *,
    exported: str,
    needed: Role = Role.VIEWER,
) -> int:
    """Send what `make` writes in one transaction, and return the number of rows that it tells; both are audited.

    Raises:
        RefusedError: Nobody is signed in, or the role is too low.
    """
    passed = 0

    def pass_on(block: bytes) -> None:
        nonlocal passed
        to(block)
        passed += len(block)

    try:
        with authorized(warehouse, actor, needed, "export") as connection:
            rows = make(connection, pass_on)
            audit.record(connection, "export", actor=actor.account, counts={"rows": rows}, exported=exported)
            return rows
    except BaseException:
        if passed:
            with warehouse.transaction() as connection:
                counts = {"bytes": passed}
                audit.record(connection, "export_broken_off", actor=actor.account, counts=counts, exported=exported)
        raise


def safe(column: sql.Composable) -> sql.Composed:
    """Return a text as spreadsheets must get it: what they would take for a formula gets a leading apostrophe."""
    return sql.SQL("case when {0}::text ~ {1} then '''' || {0}::text else {0}::text end").format(
        column, sql.Literal(_FORMULA)
    )


def safe_columns(dataset: Dataset, types: Mapping[str, str]) -> Iterator[sql.Composable]:
    """Yield every column of a mart as spreadsheets must get it."""
    for name in dataset.mart_columns:
        column = sql.Identifier(name)
        yield sql.SQL("{} as {}").format(safe(column), column) if types[name] in ("text", "json") else column


def send_rows(
    warehouse: Warehouse, actor: SignedIn, dataset: Dataset, selection: sql.Composable, to: Send, *, told: str
) -> int:
    """Send chosen rows of a mart as CSV; return their number.

    Args:
        selection: What follows the table's name: conditions and order.
        told: The selection in words, for the audit trail.

    Raises:
        RefusedError: Nobody is signed in.
        MistakeError: A value of the selection can't be read.
    """
    chosen = sql.SQL("select {} from {} {}").format(
        sql.SQL(", ").join(safe_columns(dataset, dataset.postgres_types)),
        sql.Identifier(dataset.name, dataset.mart_table),
        selection,
    )
    exported = f"{dataset.name}.{dataset.mart_table}{told and f': {told}'}"
    try:
        return send(warehouse, actor, chosen, to, exported=exported)
    except DataError as error:
        raise MistakeError(f"the selection can't be read: {error.diag.message_primary}") from None


@contextmanager
def written_to(target: Path) -> Iterator[Send]:
    """Yield what writes blocks into a file; a file of that name stays as it is until the first block comes."""
    with ExitStack() as stack:

        @cache
        def output() -> BinaryIO:
            return stack.enter_context(target.open("wb"))

        yield lambda block: output().write(block)


def _copy(connection: Connection, chosen: sql.Composable, to: Send) -> int:
    statement = sql.SQL("copy ({}) to stdout (format csv, header)").format(chosen)
    with connection.cursor() as cursor:
        waiting = bytearray()
        with cursor.copy(statement) as copy:
            for row in copy:
                waiting += row
                if len(waiting) >= BLOCK_BYTES:
                    to(bytes(waiting))
                    waiting.clear()
        if waiting:
            to(bytes(waiting))
        return cursor.rowcount
