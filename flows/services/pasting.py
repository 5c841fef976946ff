"""Cells that a person pastes from a spreadsheet: what they would change, cell by cell, before anything is written."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flows.adapters.warehouse import Warehouse
from flows.core.dataset import Dataset
from flows.core.errors import MistakeError, QuaysideError
from flows.core.written import as_text
from flows.services.accounts import Role, SignedIn, authorized
from flows.services.corrections import Edit, judged_edits

MAX_CELLS = 2_000
"""Cells that one paste may change; more belongs into a file."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One cell that would be written.

    Attributes:
        becomes: Value as it would be stored.
        refusal: Why the row can't stand so; empty where it can.
        warnings: What the rules note about the row.
    """

    edit: Edit
    becomes: str | None
    refusal: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The rows and columns that a person sees, in their order.

    Attributes:
        rows: Texts by column, by name of the row.
        columns: Columns from left to right.
    """

    rows: Mapping[str, Mapping[str, str]]
    columns: tuple[str, ...]


def pasted(text: str) -> list[list[str]]:
    """Return cells by line as spreadsheets put them on the clipboard, without the apostrophes of our exports."""
    lines = csv.reader(io.StringIO(text, newline=""), delimiter="\t")
    return [[_bare(cell) for cell in line] for line in lines if any(cell.strip() for cell in line)]


def names_rows(dataset: Dataset, header: Sequence[str]) -> bool:
    """Return whether a first line is a header that says which row each line is: its key, or run and line."""
    known = {*dataset.value_columns, *(column.name for column in dataset.columns), *dataset.mart_columns}
    return set(_places(dataset)) <= set(header) and all(name in known for name in header if name)


def rows_named(dataset: Dataset, cells: Sequence[Sequence[str]]) -> list[str]:
    """Return the names of the rows that lines under a header mean, in their order."""
    header = list(cells[0])
    at = [header.index(name) for name in _places(dataset)]
    return [":".join(line[place] if place < len(line) else "" for place in at) for line in cells[1:]]


def edits_by_name(dataset: Dataset, cells: Sequence[Sequence[str]], shown: Shown) -> list[Edit]:
    """Return the edits of lines under a header that say which row they are.

    Args:
        shown: The rows that they name; one that is missing there is refused when it is tried.
    """
    header = list(cells[0])
    return _changes(
        dataset,
        (
            (name, column, line[place], shown.rows.get(name, {}))
            for name, line in zip(rows_named(dataset, cells), cells[1:], strict=True)
            for place, column in enumerate(header)
            if place < len(line) and column not in _places(dataset)
        ),
    )


def edits_from(dataset: Dataset, cells: Sequence[Sequence[str]], shown: Shown, row: str, column: str) -> list[Edit]:
    """Return the edits of cells that begin at one cell and go down and to the right, as in a spreadsheet.

    Raises:
        MistakeError: They reach beyond what is shown.
    """
    names = list(shown.rows)
    top, left = names.index(row), shown.columns.index(column)
    if len(cells) > len(names) - top:
        raise MistakeError(
            f"{len(cells)} lines were pasted and {len(names) - top} rows follow on this page; paste fewer, or begin "
            f"with a header that has {' and '.join(_places(dataset))}"
        )
    widest = max(map(len, cells))
    if widest > len(shown.columns) - left:
        raise MistakeError(f"{widest} columns were pasted and {len(shown.columns) - left} follow from here")
    return _changes(
        dataset,
        (
            (names[top + down], shown.columns[left + right], text, shown.rows[names[top + down]])
            for down, line in enumerate(cells)
            for right, text in enumerate(line)
        ),
    )


def try_edits(warehouse: Warehouse, actor: SignedIn, dataset: Dataset, edits: Sequence[Edit]) -> list[Tried]:
    """Return what edits would do, row by row, without the cells that would stay the same; nothing is written.

    Raises:
        RefusedError: The actor is no editor.
    """
    with authorized(warehouse, actor, Role.EDITOR, "correct loaded rows") as connection:
        tried: list[Tried] = []
        for row in dict.fromkeys(edit.row for edit in edits):
            mine = [edit for edit in edits if edit.row == row]
            try:
                old, new, warnings = judged_edits(connection, dataset, row, mine)
            except QuaysideError as error:
                tried += [Tried(edit=edit, becomes=edit.text, refusal=str(error)) for edit in mine]
                continue
            for edit in mine:
                name = dataset.column(edit.column).mart_name
                if old[name][0] != new[name][0]:
                    tried.append(Tried(edit=edit, becomes=as_text(new[name][0]), warnings=warnings))
        return tried


def _places(dataset: Dataset) -> tuple[str, ...]:
    return dataset.key if len(dataset.key) == 1 else ("run_id", "line")


def _changes(dataset: Dataset, cells: Iterable[tuple[str, str, str, Mapping[str, str]]]) -> list[Edit]:
    """Return an edit for each cell of a column of the file whose text differs.

    Args:
        cells: Row, column, text, and the row as it is shown.

    Raises:
        MistakeError: There are too many.
    """
    by_name = {name: one.mart_name for one in dataset.columns for name in (one.name, one.mart_name)}
    edits = [
        Edit(row=row, column=by_name[column], text=text, seen=shown.get(by_name[column]))
        for row, column, text, shown in cells
        if column in by_name and text.strip() != shown.get(by_name[column])
    ]
    if len(edits) > MAX_CELLS:
        raise MistakeError(f"{len(edits):,} cells would change, {MAX_CELLS:,} may at once; load the rest as a file")
    return edits


def _bare(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell
