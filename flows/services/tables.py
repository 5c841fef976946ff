"""Tables of a page for spreadsheets: whatever a page shows as rows or figures, all of it, in its order."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, LiteralString

from psycopg import sql
from psycopg.rows import tuple_row
from sqlalchemy import Select
from sqlalchemy.dialects import postgresql

from flows.adapters.warehouse import Connection, Warehouse
from flows.services import exporting
from flows.services.accounts import Role, SignedIn
from flows.services.exporting import BLOCK_BYTES, Send

BATCH_ROWS = 2_000
"""Rows that the database hands over at once."""
_DIALECT = postgresql.psycopg.dialect()  # type: ignore[no-untyped-call]  # of SQLAlchemy
_FORMULA = re.compile(r"[=+\-@\t\r]")
Cells = Sequence[object]


def safe(text: str) -> str:
    """Return a text with a leading apostrophe where a spreadsheet would take it for a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What leaves.

    Attributes:
        name: What it is, for the audit trail.
        columns: Its header.
        rows: Returns the cells of each row; called within the transaction of the export.
        mark: What the file begins with; spreadsheets know UTF-8 by its byte order mark.
        safe: Makes a text safe for spreadsheets.
        needed: Role without which nobody sees it.
    """

    name: str
    columns: Sequence[str]
    rows: Callable[[Connection], Iterable[Cells]]
    mark: str = ""
    safe: Callable[[str], str] = safe
    needed: Role = Role.VIEWER


def send(warehouse: Warehouse, actor: SignedIn, table: Table, to: Send, *, told: str = "") -> int:
    """Send a table as CSV with a header; return its number of rows.

    Args:
        to: Takes each block; the database waits until it returns.
        told: The filter in words, for the audit trail.

    Raises:
        RefusedError: Nobody is signed in, or the role is too low.
    """

    def make(connection: Connection, pass_on: Send) -> int:
        return _write(table, table.rows(connection), pass_on)

    exported = f"{table.name}{told and f': {told}'}"
    return exporting.sent(warehouse, actor, make, to, exported=exported, needed=table.needed)


def each(
    connection: Connection,
    statement: LiteralString | sql.Composed | Select[Any],
    values: dict[str, object] | None = None,
) -> Iterator[Cells]:
    """Yield the cells of each row of a statement, a batch at a time, however many there are."""
    with connection.cursor("exported", row_factory=tuple_row) as cursor:
        cursor.itersize = BATCH_ROWS
        if isinstance(statement, Select):
            compiled = statement.compile(dialect=_DIALECT)
            cursor.execute(str(compiled).encode(), compiled.params)
        else:
            cursor.execute(statement, values)
        yield from cursor


def _write(table: Table, rows: Iterable[Cells], to: Send) -> int:
    waiting = io.StringIO(newline="")
    waiting.write(table.mark)
    writer = csv.writer(waiting, lineterminator="\n")
    writer.writerow(table.columns)
    number = 0
    for row in rows:
        writer.writerow([_cell(value, table.safe) for value in row])
        number += 1
        if waiting.tell() >= BLOCK_BYTES:
            to(waiting.getvalue().encode())
            waiting.seek(0)
            waiting.truncate()
    to(waiting.getvalue().encode())
    return number


def _cell(value: object, make_safe: Callable[[str], str]) -> object:
    if isinstance(value, str):
        return make_safe(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, (dict, list)):
        return make_safe(json.dumps(value, ensure_ascii=False, default=str))
    return value
