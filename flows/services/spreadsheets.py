"""Held rows as a spreadsheet: exported with what is wrong, edited by a person, brought back as corrections."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from flows.adapters.warehouse import Connection, Warehouse
from flows.core.dataset import Dataset
from flows.core.errors import MistakeError
from flows.services import exporting, queries, tables
from flows.services.accounts import SignedIn
from flows.services.exporting import Send
from flows.services.queries import Wanted
from flows.services.repairs import Fix
from flows.services.tables import Table

PLACE = ("exception_id", "attempt", "file", "line", "category", "findings", "raw_text")
"""Columns that a person reads and does not edit."""
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
"""A text that a spreadsheet takes for a formula, or that looks as if it had been made safe already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What a spreadsheet asks for.

    Attributes:
        fixes: One per line that a person edited.
        unchanged: Lines without an edit.
    """

    fixes: tuple[Fix, ...]
    unchanged: int


def export_exceptions(warehouse: Warehouse, actor: SignedIn, dataset: Dataset, wanted: Wanted, target: Path) -> int:
    """Write held rows of a dataset with their findings as CSV; return their number.

    Raises:
        RefusedError: Nobody is signed in.
    """
    with exporting.written_to(target) as write:
        return send_exceptions(warehouse, actor, dataset, wanted, write)


def send_exceptions(
    warehouse: Warehouse, actor: SignedIn, dataset: Dataset, wanted: Wanted, to: Send, *, told: str = ""
) -> int:
    """Send held rows of a dataset with their findings as CSV; return their number.

    Args:
        to: Takes each block; the database waits until it returns.
        told: The filter in words, for the audit trail.

    Raises:
        RefusedError: Nobody is signed in.
        MistakeError: What is wanted can't be.
    """
    columns = [column.name for column in dataset.columns]
    chosen = queries.with_findings(warehouse, replace(wanted, dataset=dataset.name))
    names = list(chosen.selected_columns.keys())

    def rows(connection: Connection) -> Iterator[list[object]]:
        for values in tables.each(connection, chosen):
            row: dict[str, Any] = dict(zip(names, values, strict=True))
            cells = _cells(row)
            place = (
                row["exception_id"],
                row["attempts"],
                row["base_name"],
                row["line"],
                row["category"],
                "; ".join(row["findings"] or []),
                row["raw_text"] or "",
            )
            yield [*place, *(cells.get(name, "") for name in columns)]

    sheet = Table(
        name=f"exceptions of {dataset.name}", columns=[*PLACE, *columns], rows=rows, mark="\ufeff", safe=_safe
    )
    return tables.send(warehouse, actor, sheet, to, told=told)


def read_corrections(warehouse: Warehouse, dataset: Dataset, source: Path) -> Brought:
    """Return what a person edited in a spreadsheet of held rows.

    Raises:
        MistakeError: The file is no such spreadsheet.
    """
    return corrections_of(warehouse, dataset, source.name, source.read_bytes())


def dataset_of(datasets: Mapping[str, Dataset], name: str, content: bytes) -> Dataset:
    """Return the dataset whose columns a spreadsheet of held rows has.

    Raises:
        MistakeError: It has none of them.
    """
    header = set(_reader(_text(name, content)).fieldnames or [])
    fitting = {dataset.name: sum(one.name in header for one in dataset.columns) for dataset in datasets.values()}
    best = max(fitting, key=lambda one: fitting[one])
    if not fitting[best] or not {"exception_id", "attempt"} <= header:
        raise MistakeError(f"{name} is no spreadsheet of held rows: begin with the one that is exported from the inbox")
    return datasets[best]


def corrections_of(warehouse: Warehouse, dataset: Dataset, name: str, content: bytes) -> Brought:
    """Return what a person edited in the bytes of a spreadsheet of held rows.

    Raises:
        MistakeError: They are no such spreadsheet.
    """
    reader = _reader(_text(name, content))
    names = list(reader.fieldnames or [])
    editable = [column.name for column in dataset.columns if column.name in names]
    if "exception_id" not in names or "attempt" not in names or not editable:
        raise MistakeError(
            f"{name} has no exception_id, attempt and cells of {dataset.name}; "
            f"begin with `quayside export {dataset.name} --exceptions`"
        )
    lines = [(number, row) for number, row in enumerate(reader, 2) if any((value or "") for value in row.values())]
    numbers = [(_number(row["exception_id"], line), _number(row["attempt"], line)) for line, row in lines]
    known = {
        row["exception_id"]: row
        for row in queries.exceptions(warehouse, Wanted(exception_ids=[one for one, _ in numbers] or [0]))
    }
    fixes = []
    for (exception_id, attempt), (line, row) in zip(numbers, lines, strict=True):
        found = known.get(exception_id)
        if found is None or found["dataset"] != dataset.name:
            raise MistakeError(f"{name}, line {line}: there is no exception {exception_id} of {dataset.name}")
        before = _cells(found)
        wanted = {name: _unsafe(row[name] or "") for name in editable}
        changed = {name: text for name, text in wanted.items() if text.strip() != before.get(name, "").strip()}
        if changed:
            fixes.append(Fix(exception_id=exception_id, attempt=attempt, cells=changed if before else wanted))
    return Brought(fixes=tuple(fixes), unchanged=len(lines) - len(fixes))


def _text(name: str, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise MistakeError(f"{name} is no UTF-8 text; save it as CSV UTF-8") from None


def _reader(text: str) -> "csv.DictReader[str]":
    """Return the lines of a spreadsheet, whichever delimiter the program writes that it was saved with."""
    header = text.split("\n", 1)[0]
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=header.count))
    reader.fieldnames = [name.strip() for name in reader.fieldnames or []]
    return reader


def _cells(row: dict[str, Any]) -> dict[str, str]:
    return {**(row["cells"] or {}), **(row["corrected"] or {})}


def _number(text: str | None, line: int) -> int:
    try:
        return int(str(text).strip())
    except ValueError:
        raise MistakeError(f"line {line}: {text!r} is no number; exception_id and attempt stay as exported") from None


def _safe(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def _unsafe(text: str) -> str:
    """Take back what `_safe` did."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text
