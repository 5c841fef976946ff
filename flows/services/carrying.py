"""When a new version of a file takes the place of the old one, what people corrected follows, or is reported."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

import polars as pl

from flows.adapters import marts, stored
from flows.adapters.warehouse import Connection
from flows.core.dataset import Dataset
from flows.core.errors import BrokenRulesError
from flows.core.kinds import present
from flows.core.written import as_text, match_keys, texts_of
from flows.services import repairs
from flows.services.correction_records import keep_correction
from flows.services.loaded_rows import context_of, judged_again
from flows.services.repairs import Act, Fix


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """How many corrections followed to a new version, and how many could not."""

    followed: int = 0
    conflicts: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Conflict:
    column: str
    made_on: str | None
    corrected_to: str | None
    found: str | None
    reason: str
    line: int | None
    correction_id: int | None = None
    exception_id: int | None = None


def carry_over(connection: Connection, dataset: Dataset, run_id: UUID, base_name: str) -> Carried:
    """Apply the corrections of all earlier versions of a file to the rows of the newest one.

    A correction follows where the value that it was made on is unchanged; a row that now says what it was corrected
    to needs none; everything else is reported as a conflict.
    """
    versions = _Versions(connection, dataset, run_id)
    conflicts: list[_Conflict] = []
    followed = _carry_repairs(connection, dataset, versions, base_name, conflicts)
    followed += _carry_cells(connection, dataset, versions, base_name, conflicts)
    connection.execute(
        """
        update platform.correction_conflict as c set closed_at = now(), closed_by = 'system'
        from platform.run as r inner join platform.file as f on f.file_id = r.file_id
        where c.run_id = r.run_id and c.dataset = %s and f.base_name = %s and c.closed_at is null
        """,
        (dataset.name, base_name),
    )
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            insert into platform.correction_conflict
                (dataset, correction_id, exception_id, run_id, line, column_name, made_on, corrected_to, found, reason)
            values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
            """,
            [
                (
                    dataset.name,
                    one.correction_id,
                    one.exception_id,
                    run_id,
                    one.line,
                    one.column,
                    one.made_on,
                    one.corrected_to,
                    one.found,
                    one.reason,
                )
                for one in conflicts
            ],
        )
    return Carried(followed=followed, conflicts=len(conflicts))


class _Versions:
    """The rows of the versions of a file, by the key under which they match."""

    def __init__(self, connection: Connection, dataset: Dataset, new_run: UUID) -> None:
        self._connection = connection
        self._dataset = dataset
        self._keys: dict[UUID, dict[int, str]] = {}
        self._new_lines: dict[str, int] | None = None
        self.new_run = new_run

    def key(self, run_id: UUID, line: int) -> str:
        """Return the key of a row."""
        return self._keys_of(run_id).get(line, "")

    def new_line(self, run_id: UUID, line: int) -> int | None:
        """Return the line of the new version that matches a row of an old one."""
        if self._new_lines is None:
            self._new_lines = {key: line for line, key in self._keys_of(self.new_run).items()}
        return self._new_lines.get(self.key(run_id, line))

    def _keys_of(self, run_id: UUID) -> dict[int, str]:
        if run_id not in self._keys:
            keyed = match_keys(self._names(run_id), self._dataset.matched_by)
            self._keys[run_id] = dict(keyed.select("line", "match_key").iter_rows())
        return self._keys[run_id]

    def _names(self, run_id: UUID) -> pl.DataFrame:
        """Return the names of every row of a version as its file gave them."""
        columns = [self._dataset.column(name) for name in self._dataset.matched_by]
        names = [column.name for column in columns]
        schema = {"line": pl.Int64, **dict.fromkeys(names, pl.String)}
        held = self._connection.execute(
            "select line, cells from platform.exception where run_id = %s and cells is not null order by line",
            (run_id,),
        ).fetchall()
        texts = pl.DataFrame(
            [(row["line"], *(row["cells"].get(name) for name in names)) for row in held], schema=schema, orient="row"
        ).with_columns(present(pl.col(name), self._dataset.null_tokens) for name in names)
        loaded = [
            marts.originals(self._connection, self._dataset, rows).select(
                "line", **{column.name: pl.col(column.mart_name) for column in columns}
            )
            for rows in stored.rows_of_run(self._connection, self._dataset, run_id)
        ]
        return pl.concat([texts, *loaded]).unique("line", keep="first").sort("line")


def _carry_repairs(
    connection: Connection, dataset: Dataset, versions: _Versions, base_name: str, conflicts: list[_Conflict]
) -> int:
    """Release again what people released after a correction, where the new version holds the same text."""
    repaired = connection.execute(
        """
        select e.exception_id, e.run_id, e.line, e.cells, e.raw_text, e.corrected, e.corrected_by, e.state,
            e.extra::text as extra
        from platform.exception as e
        inner join platform.file as f on f.file_id = e.file_id
        where e.dataset = %s and f.base_name = %s and e.run_id <> %s and e.state in ('RELEASED', 'SUPERSEDED')
            and e.corrected::text <> '{}' and not e.was_loaded
        order by e.exception_id
        """,
        (dataset.name, base_name, versions.new_run),
    ).fetchall()
    newest = {
        versions.key(row["run_id"], row["line"]) if row["raw_text"] is None else row["raw_text"]: row
        for row in repaired
    }
    held_now = connection.execute(
        "select exception_id, line, cells, raw_text from platform.exception where run_id = %s and state = 'OPEN'",
        (versions.new_run,),
    ).fetchall()
    open_rows = {row["line"]: row for row in held_now}
    by_text = {row["raw_text"]: row["line"] for row in held_now if row["raw_text"] is not None}
    fixes: list[tuple[str, str, Fix]] = []
    sources = {}
    for row in newest.values():
        line = (
            versions.new_line(row["run_id"], row["line"]) if row["raw_text"] is None else by_text.get(row["raw_text"])
        )
        held = open_rows.get(line) if line is not None else None
        if line is not None and held is None:
            continue  # the new version has a row that needs no repair
        changed = _changed_cells(row, held)
        if changed:
            conflicts += changed
        else:
            assert held is not None
            extra = row["extra"] if row["raw_text"] is not None else None
            fix = Fix(exception_id=held["exception_id"], cells=row["corrected"], extra=extra)
            fixes.append((row["corrected_by"], row["state"], fix))
            sources[held["exception_id"]] = row["exception_id"]
    done = 0
    for (account, state), group in groupby(sorted(fixes, key=lambda one: one[:2]), key=lambda one: one[:2]):
        results = repairs.carry(
            connection,
            dataset,
            [fix for *_, fix in group],
            account,
            sources,
            is_released=state == "RELEASED",
        )
        done += sum(result.act in (Act.RELEASED, Act.SAVED) for result in results)
    return done


def _changed_cells(row: Mapping[str, Any], held: Mapping[str, Any] | None) -> list[_Conflict]:
    """Return the repaired cells whose text in the file is another one by now, or whose row is gone."""
    before = row["cells"] or {}
    now = (held["cells"] or {}) if held else {}
    reason = "the file says something else by now" if held else "the row is no longer in the file"
    return [
        _Conflict(
            column=name,
            made_on=before.get(name),
            corrected_to=text,
            found=now.get(name),
            reason=reason,
            line=held["line"] if held else None,
            exception_id=row["exception_id"],
        )
        for name, text in row["corrected"].items()
        if held is None or (before.get(name) or "").strip() != (now.get(name) or "").strip()
    ]


def _carry_cells(
    connection: Connection, dataset: Dataset, versions: _Versions, base_name: str, conflicts: list[_Conflict]
) -> int:
    """Repeat the corrections of loaded cells that are in force, one row after the other."""
    made = connection.execute(
        """
        select c.* from platform.correction as c
        inner join platform.run as r on r.run_id = c.run_id
        inner join platform.file as f on f.file_id = r.file_id
        where c.dataset = %s and f.base_name = %s and c.run_id <> %s
        order by c.correction_id
        """,
        (dataset.name, base_name, versions.new_run),
    ).fetchall()
    newest = {(versions.key(one["run_id"], one["line"]), one["column_name"]): one for one in made}
    effective = [one for one in newest.values() if one["new_value"] != one["base_value"]]
    followed = 0
    by_row = sorted(effective, key=lambda one: (versions.key(one["run_id"], one["line"]), one["correction_id"]))
    for _, group in groupby(by_row, key=lambda one: versions.key(one["run_id"], one["line"])):
        followed += _carry_row(connection, dataset, versions, list(group), conflicts)
    return followed


def _carry_row(
    connection: Connection,
    dataset: Dataset,
    versions: _Versions,
    made: Sequence[Mapping[str, Any]],
    conflicts: list[_Conflict],
) -> int:
    line = versions.new_line(made[0]["run_id"], made[0]["line"])
    if line is None:
        conflicts += [_conflict(one, None, None, "the row is no longer in the file") for one in made]
        return 0
    old = stored.row_at(connection, dataset, versions.new_run, line)
    if old.is_empty():
        conflicts += [_conflict(one, line, None, "the matching row of the new version is held") for one in made]
        return 0
    before = old.row(0, named=True)
    current = {one["column_name"]: as_text(before[dataset.column(one["column_name"]).mart_name]) for one in made}
    wanted = [one for one in made if current[one["column_name"]] == one["base_value"]]
    conflicts += [
        _conflict(one, line, current[one["column_name"]], "the file says something else by now")
        for one in made
        if current[one["column_name"]] not in (one["base_value"], one["new_value"])
    ]
    if not wanted:
        return 0
    cells = texts_of(before, dataset) | {one["column_name"]: one["new_value"] or "" for one in wanted}
    context = context_of(connection, dataset, versions.new_run)
    try:
        new, _ = judged_again(dataset, context, before, cells)
    except BrokenRulesError as error:
        conflicts += [_conflict(one, line, current[one["column_name"]], str(error)) for one in wanted]
        return 0
    stored.change_rows(connection, dataset, old, new)
    for one in wanted:
        keep_correction(
            connection,
            dataset,
            before,
            column=one["column_name"],
            base_value=one["base_value"],
            old_value=one["base_value"],
            new_value=one["new_value"],
            told=one["told"],
            kind="CARRIED",
            made_by=one["made_by"],
            reason=one["reason"],
            carried_from=one["correction_id"],
        )
    return len(wanted)


def _conflict(made: Mapping[str, Any], line: int | None, found: str | None, reason: str) -> _Conflict:
    return _Conflict(
        column=made["column_name"],
        made_on=made["base_value"],
        corrected_to=made["new_value"],
        found=found,
        reason=reason,
        line=line,
        correction_id=made["correction_id"],
    )
