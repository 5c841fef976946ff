"""Held rows that a person acts on: what is written over them, and what comes of each; they are locked meanwhile."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from flows.adapters import marts
from flows.adapters.warehouse import Connection
from flows.core.dataset import Dataset
from flows.core.errors import MistakeError


class Act(StrEnum):
    """What came of one exception."""

    SAVED = "SAVED"
    RELEASED = "RELEASED"
    UPDATED = "UPDATED"
    WAIVED = "WAIVED"
    ASKED = "ASKED"
    DISCARDED = "DISCARDED"
    ALREADY_LOADED = "ALREADY_LOADED"
    STILL_OPEN = "STILL_OPEN"
    CONFLICT = "CONFLICT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """What a person writes over an exception.

    Attributes:
        cells: Raw cells by CSV column; none where the row is to be judged as it is.
        attempt: Attempts that the person saw; another number by now is a conflict. None: whatever it is.
        extra: JSON of undeclared columns, for a record that is written anew.
    """

    exception_id: int
    cells: Mapping[str, str] = field(default_factory=dict)
    attempt: int | None = None
    extra: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of one exception, and why."""

    exception_id: int
    act: Act
    messages: tuple[str, ...] = ()


@dataclass(slots=True)
class HeldRow:
    """One locked exception on its way.

    Attributes:
        found: As it is stored.
        cells: Raw cells by CSV column, with what was written over them by now; none of a record that can't be read.
        typed: JSON of its typed values, as judged last.
        standing: Run and line of the row that stands under its key.
        is_superseded: Whether another row of the same act took its place.
    """

    found: Mapping[str, Any]
    fix: Fix
    cells: dict[str, str] = field(default_factory=dict)
    act: Act = Act.STILL_OPEN
    messages: list[str] = field(default_factory=list)
    typed: str | None = None
    category: str = ""
    standing: tuple[str, int] | None = None
    is_superseded: bool = False

    @property
    def line(self) -> int:
        """Return where it begins in its file."""
        return int(self.found["line"])

    @property
    def written(self) -> dict[str, str]:
        """Return the cells that people wrote, as they differ from those of the file."""
        read = self.found["cells"] or {}
        return {name: text for name, text in self.cells.items() if read.get(name) != text}

    @property
    def result(self) -> Result:
        """Return what is told of it."""
        return Result(exception_id=self.fix.exception_id, act=self.act, messages=tuple(self.messages))


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One act of a person over exceptions of one dataset.

    Attributes:
        is_update: Whether a row takes the place of the one that stands under its key.
        carried_from: The exception of an earlier version whose repair is repeated, by exception.
    """

    connection: Connection
    dataset: Dataset
    account: str
    reason: str
    rows: Sequence[HeldRow] = ()
    is_update: bool = False
    is_waiver: bool = False
    carried_from: Mapping[int, int] = field(default_factory=dict)


def locked(
    connection: Connection, datasets: Mapping[str, Dataset], fixes: Sequence[Fix]
) -> list[tuple[HeldRow, Dataset]]:
    """Lock the datasets and the exceptions; those that are not as the person saw them become conflicts.

    Raises:
        MistakeError: There is no such exception or column.
    """
    ids = [fix.exception_id for fix in fixes]
    names = connection.execute(
        "select distinct dataset from platform.exception where exception_id = any(%s) order by dataset", (ids,)
    ).fetchall()
    for name in names:
        marts.lock_dataset(connection, datasets[name["dataset"]])
    found = {
        one["exception_id"]: one
        for one in connection.execute(
            """
            select exception_id, dataset, run_id, file_id, line, byte_start, byte_length, raw_text, cells,
                extra::text as extra, stage, category, state, attempts, corrected, closed_by
            from platform.exception where exception_id = any(%s) order by exception_id for update
            """,
            (ids,),
        )
    }
    if unknown := [str(number) for number in ids if number not in found]:
        raise MistakeError(f"there is no exception {', '.join(unknown)}; see `quayside exceptions`")
    rows = []
    for fix in {fix.exception_id: fix for fix in fixes}.values():
        one = found[fix.exception_id]
        row = HeldRow(found=one, fix=fix, category=one["category"])
        dataset = datasets[one["dataset"]]
        row.cells = {
            **(one["cells"] or {}),
            **(one["corrected"] or {}),
            **{dataset.column(name).name: text for name, text in fix.cells.items()},
        }
        if one["state"] != "OPEN":
            row.act = Act.CONFLICT
            row.messages = [f"it is {one['state']} already, by {one['closed_by']}"]
        elif fix.attempt is not None and fix.attempt != one["attempts"]:
            row.act = Act.CONFLICT
            row.messages = [f"it was tried again since: attempt {one['attempts']}, you saw {fix.attempt}"]
        rows.append((row, dataset))
    return rows
