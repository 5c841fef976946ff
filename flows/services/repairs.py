"""Repairs of held rows: people correct the raw text, release, waive, discard; the same judging decides."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import groupby
from typing import Any
from uuid import UUID

import polars as pl
from psycopg.types.json import Json

from flows.adapters import audit, marts, past, stored
from flows.adapters.warehouse import Connection, Warehouse
from flows.core.dataset import Dataset
from flows.core.duplicates import Duplicates, judge_duplicates
from flows.core.errors import MistakeError
from flows.core.judging import judge
from flows.core.rules import Rule
from flows.core.written import WrittenRow, batch_of, texts_of
from flows.services.accounts import Role, SignedIn, authorized, may_still
from flows.services.corrections import context_of, derived, keep_updates


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
class _Row:
    """One locked exception on its way."""

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
        return int(self.found["line"])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Action:
    """One act of a person over exceptions of one dataset."""

    connection: Connection
    dataset: Dataset
    account: str
    reason: str
    rows: Sequence[_Row] = ()
    is_update: bool = False
    is_waiver: bool = False
    carried_from: Mapping[int, int] = field(default_factory=dict)


def release(
    warehouse: Warehouse,
    actor: SignedIn,
    datasets: Mapping[str, Dataset],
    fixes: Sequence[Fix],
    *,
    reason: str = "",
    is_update: bool = False,
    is_preview: bool = False,
) -> list[Result]:
    """Judge held rows again, with what a person wrote; those that pass are loaded, in one transaction.

    Args:
        is_update: Whether a row whose key stands with other content takes the place of the standing row.
        is_preview: Whether nothing is written, only told.

    Raises:
        RefusedError: The actor is no steward.
        MistakeError: There is no such exception or column, or a large file of the dataset is being published.
    """
    with (
        authorized(warehouse, actor, Role.STEWARD, "release exceptions") as connection,
        connection.transaction(force_rollback=is_preview),
    ):
        return _act(connection, datasets, fixes, actor.account, reason=reason, is_update=is_update)


def save(
    warehouse: Warehouse, actor: SignedIn, datasets: Mapping[str, Dataset], fixes: Sequence[Fix], *, reason: str = ""
) -> list[Result]:
    """Write corrections of held rows without trying them; `resubmit` and `release` try them later.

    It counts as an attempt: who saw the row before is told of a conflict, and a waiver is asked for anew.

    Raises:
        RefusedError: The actor is no steward.
        MistakeError: There is no such exception or column.
    """
    with authorized(warehouse, actor, Role.STEWARD, "correct exceptions") as connection:
        return _save(connection, datasets, fixes, actor.account, reason, {})


def _save(
    connection: Connection,
    datasets: Mapping[str, Dataset],
    fixes: Sequence[Fix],
    account: str,
    reason: str,
    carried_from: Mapping[int, int],
) -> list[Result]:
    results = []
    for row, dataset in _locked(connection, datasets, fixes):
        if row.act is not Act.CONFLICT:
            row.act = Act.SAVED
            _remember(connection, dataset, row, account)
            _keep(connection, [row], account, reason, carried_from)
        results.append(_result(row))
    _tell(connection, "correction", account, results, reason)
    return results


def resubmit_saved(
    warehouse: Warehouse, datasets: Mapping[str, Dataset], *, dataset: str = "", exception_ids: Sequence[int] = ()
) -> list[Result]:
    """Try the saved corrections that wait, each in the name of the account that wrote it.

    An account that lost its role meanwhile changes nothing.
    """
    with warehouse.transaction() as connection:
        waiting = connection.execute(
            """
            select exception_id, corrected_by from platform.exception
            where state = 'OPEN' and corrected_attempt = attempts and (%(dataset)s = '' or dataset = %(dataset)s)
                and (%(ids)s::bigint[] = '{}' or exception_id = any(%(ids)s::bigint[]))
            order by corrected_by, exception_id
            """,
            {"dataset": dataset, "ids": list(exception_ids)},
        ).fetchall()
        results: list[Result] = []
        for account, rows in groupby(waiting, key=lambda row: row["corrected_by"]):
            fixes = [Fix(exception_id=row["exception_id"]) for row in rows]
            if may_still(connection, account, Role.STEWARD):
                results += _act(connection, datasets, fixes, account, reason="saved correction")
            else:
                told = (f"{account}, who wrote the correction, may not release exceptions any more",)
                results += [Result(exception_id=fix.exception_id, act=Act.STILL_OPEN, messages=told) for fix in fixes]
        return results


def ask_waiver(
    warehouse: Warehouse, actor: SignedIn, datasets: Mapping[str, Dataset], fixes: Sequence[Fix], *, reason: str
) -> list[Result]:
    """Ask that held rows are loaded as they are; a second person grants it.

    Raises:
        RefusedError: The actor is no steward.
        MistakeError: There is no reason, or no such exception.
    """
    _require(reason)
    with authorized(warehouse, actor, Role.STEWARD, "ask for waivers") as connection:
        results = []
        for row, dataset in _locked(connection, datasets, fixes):
            if row.act is not Act.CONFLICT and not _refuse_waiver(connection, dataset, row):
                row.act = Act.ASKED
                connection.execute(
                    """
                    insert into platform.waiver (exception_id, attempt, asked_by, reason) values (%s, %s, %s, %s)
                    on conflict (exception_id, attempt) where granted_by is null do nothing
                    """,
                    (row.fix.exception_id, row.found["attempts"], actor.account, reason),
                )
            results.append(_result(row))
        _tell(connection, "waiver_asked", actor.account, results, reason)
        return results


def grant_waiver(
    warehouse: Warehouse, actor: SignedIn, datasets: Mapping[str, Dataset], fixes: Sequence[Fix]
) -> list[Result]:
    """Load held rows as they are, for which another person asked; cells of the fixes do not count.

    Raises:
        RefusedError: The actor is no steward.
        MistakeError: There is no such exception.
    """
    with authorized(warehouse, actor, Role.STEWARD, "grant waivers") as connection:
        asked = {
            row["exception_id"]: row
            for row in connection.execute(
                """
                select w.exception_id, w.asked_by, w.reason from platform.waiver as w
                inner join platform.exception as e on e.exception_id = w.exception_id and e.attempts = w.attempt
                where w.exception_id = any(%s) and w.granted_by is null for update of w
                """,
                ([fix.exception_id for fix in fixes],),
            )
        }
        refused: list[Result] = []
        granted: list[Fix] = []
        for fix in fixes:
            request = asked.get(fix.exception_id)
            if request is None:
                told = "nobody asked for a waiver of the row as it is now"
            elif request["asked_by"] == actor.account:
                told = "you asked for it: a second person grants it"
            else:
                granted.append(Fix(exception_id=fix.exception_id))
                continue
            refused.append(Result(exception_id=fix.exception_id, act=Act.STILL_OPEN, messages=(told,)))
        results: list[Result] = []
        for reason, same in groupby(granted, key=lambda fix: str(asked[fix.exception_id]["reason"])):
            results += _act(connection, datasets, list(same), actor.account, reason=reason, is_waiver=True)
        done = [result.exception_id for result in results if result.act is Act.WAIVED]
        connection.execute(
            """
            update platform.waiver set granted_by = %s, granted_at = now()
            where exception_id = any(%s) and granted_by is null
            """,
            (actor.account, done),
        )
        return results + refused


def discard(
    warehouse: Warehouse, actor: SignedIn, datasets: Mapping[str, Dataset], fixes: Sequence[Fix], *, reason: str
) -> list[Result]:
    """Close held rows for good; they stay stored and count as held.

    Raises:
        RefusedError: The actor is no steward.
        MistakeError: There is no reason, or no such exception.
    """
    _require(reason)
    with authorized(warehouse, actor, Role.STEWARD, "discard exceptions") as connection:
        rows = [row for row, _ in _locked(connection, datasets, fixes)]
        mine = [row for row in rows if row.act is not Act.CONFLICT]
        connection.execute(
            """
            update platform.exception set state = 'DISCARDED', closed_at = now(), closed_by = %s, reason = %s
            where exception_id = any(%s)
            """,
            (actor.account, reason, [row.fix.exception_id for row in mine]),
        )
        _close_conflicts(connection, mine, actor.account)
        for row in mine:
            row.act = Act.DISCARDED
        _keep(connection, mine, actor.account, reason, {})
        results = [_result(row) for row in rows]
        _tell(connection, "discard", actor.account, results, reason)
        return results


def carry(
    connection: Connection,
    dataset: Dataset,
    fixes: Sequence[Fix],
    account: str,
    carried_from: Mapping[int, int],
    *,
    is_released: bool,
) -> list[Result]:
    """Repeat, on the exceptions of a new version, what an account did to those of the old one.

    Args:
        is_released: Whether the old ones were released; else the text is kept and a person goes on with it.
    """
    if not is_released:
        reason = "carried over from the version before"
        return _save(connection, {dataset.name: dataset}, fixes, account, reason, carried_from)
    return _act(
        connection,
        {dataset.name: dataset},
        fixes,
        account,
        reason="carried over from the version before",
        carried_from=carried_from,
    )


def _act(
    connection: Connection,
    datasets: Mapping[str, Dataset],
    fixes: Sequence[Fix],
    account: str,
    *,
    reason: str,
    is_update: bool = False,
    is_waiver: bool = False,
    carried_from: Mapping[int, int] | None = None,
) -> list[Result]:
    """Judge exceptions again and write what comes of them."""
    rows: list[_Row] = []
    locked = _locked(connection, datasets, fixes)
    for dataset, group in groupby(sorted(locked, key=lambda one: one[1].name), key=lambda one: one[1]):
        mine = [row for row, _ in group]
        rows += mine
        action = _Action(
            connection=connection,
            dataset=dataset,
            account=account,
            reason=reason,
            rows=mine,
            is_update=is_update or is_waiver,
            is_waiver=is_waiver,
            carried_from=carried_from or {},
        )
        _judge_again(action, [row for row in mine if row.act is not Act.CONFLICT])
    results = [_result(row) for row in rows]
    _tell(connection, "waiver" if is_waiver else "release", account, results, reason)
    return results


def _locked(
    connection: Connection, datasets: Mapping[str, Dataset], fixes: Sequence[Fix]
) -> list[tuple[_Row, Dataset]]:
    """Lock the datasets and the exceptions; those that are not as the person saw them become conflicts."""
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
        row = _Row(found=one, fix=fix, category=one["category"])
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


def _judge_again(action: _Action, rows: list[_Row]) -> None:
    """Judge rows, in the order of their runs and lines, and write what comes of them."""
    connection, dataset = action.connection, action.dataset
    ready = [row for row in rows if row.cells]
    for row in rows:
        if not row.cells:
            row.messages = ["the record could not be read as fields: write its cells"]
    first: dict[Any, int] = {}
    for row in sorted(ready, key=lambda row: row.fix.exception_id):
        first.setdefault(row.found["run_id"], row.fix.exception_id)
    by_run = sorted(ready, key=lambda row: (first[row.found["run_id"]], row.line))
    for run_id, group in groupby(by_run, key=lambda row: row.found["run_id"]):
        some = {row.line: row for row in group}
        findings = _judge_run(action, run_id, some)
        _write_findings(connection, dataset, run_id, some, findings)
        marts.settle(connection, dataset, run_id)
    _write_states(action, rows)
    _close_conflicts(connection, [row for row in rows if row.act is not Act.STILL_OPEN], action.account)
    _keep(connection, rows, action.account, action.reason, action.carried_from)


def _judge_run(action: _Action, run_id: UUID, rows: Mapping[int, _Row]) -> pl.DataFrame:
    """Judge rows of one run; load those that pass. Return the findings."""
    connection = action.connection
    dataset = action.dataset.lenient if action.is_waiver else action.dataset
    context = context_of(connection, dataset, run_id)
    written = [
        WrittenRow(
            line=row.line,
            byte_start=row.found["byte_start"],
            byte_length=row.found["byte_length"],
            cells=row.cells,
            extra=row.fix.extra if row.fix.extra is not None else row.found["extra"],
        )
        for row in rows.values()
    ]
    verdict = judge(batch_of(written, dataset), dataset, context)
    findings = verdict.findings
    for held in verdict.held.iter_rows(named=True):
        row = rows[held["line"]]
        row.typed, row.category = held["typed"], held["category"]
    passed = derived(dataset, context, verdict.passed, run_id)
    if dataset.duplicate_rule is None:
        stored.insert_rows(connection, dataset, passed)
        _mark(action, rows, passed)
    else:
        findings = pl.concat([findings, *_load_new(action, dataset.duplicate_rule, rows, passed)])
    for finding in findings.iter_rows(named=True):
        rows[finding["line"]].messages.append(finding["message"])
    return findings


def _load_new(action: _Action, rule: Rule, rows: Mapping[int, _Row], passed: pl.DataFrame) -> list[pl.DataFrame]:
    """Load the rows whose key is new, the first of each; return the findings of the others."""
    if passed.is_empty():
        return []
    connection, dataset = action.connection, action.dataset
    standing, originals = past.standing_at(connection, dataset, passed, None)
    known = passed.join(standing, on=dataset.key, how="semi", maintain_order="left")
    unknown = passed.join(standing, on=dataset.key, how="anti", maintain_order="left")
    is_first = unknown.select(pl.struct(dataset.key).is_first_distinct()).to_series()
    stored.insert_rows(connection, dataset, unknown.filter(is_first))
    _mark(action, rows, unknown.filter(is_first))
    if action.is_update:
        late = known.filter(~known.select(pl.struct(dataset.key).is_first_distinct()).to_series())
        known = known.join(late.select("line"), on="line", how="anti", maintain_order="left")
    else:
        late = known.clear()
    findings = []
    if known.height:
        duplicates = judge_duplicates(known, standing, originals, dataset, rule)
        findings = _settle_known(action, rule, rows, known, duplicates)
    return findings + _load_new(action, rule, rows, pl.concat([unknown.filter(~is_first), late]))


def _settle_known(
    action: _Action, rule: Rule, rows: Mapping[int, _Row], known: pl.DataFrame, duplicates: Duplicates
) -> list[pl.DataFrame]:
    """Close what is loaded already; what differs takes the place of the standing row, or stays held."""
    differing = {}
    for held in duplicates.held.iter_rows(named=True):
        row = rows[held["line"]]
        row.standing = (held["standing_run_id"], held["standing_line"])
        row.typed, row.category = held["typed"], str(rule.category)
        if held["is_loaded_already"]:
            row.act = Act.ALREADY_LOADED
            row.messages.append(f"already loaded: line {held['standing_line']} of run {held['standing_run_id']}")
        elif action.is_update:
            differing[held["line"]] = row.standing
    if not action.is_update:
        return [duplicates.findings]
    new = known.filter(pl.col("line").is_in(list(differing)))
    if new.height:
        _take_places(action, rows, new, differing)
    return []


def _take_places(
    action: _Action, rows: Mapping[int, _Row], new: pl.DataFrame, standing: Mapping[int, tuple[str, int]]
) -> None:
    """Load rows in place of those that stand under their keys; the lines of the others become SUPERSEDED."""
    connection, dataset = action.connection, action.dataset
    places = new.select(
        *dataset.key,
        run_id=pl.Series([standing[line][0] for line in new["line"]]),
        line=pl.Series([standing[line][1] for line in new["line"]]),
    )
    old = stored.rows_at(connection, dataset, _with_current_keys(connection, dataset, places))
    originals = {
        (row["run_id"], row["line"]): row for row in marts.originals(connection, dataset, old).iter_rows(named=True)
    }
    before = {(row["run_id"], row["line"]): row for row in old.iter_rows(named=True)}
    stored.delete_rows(connection, dataset, old)
    pairs = [(before[standing[row["line"]]], row) for row in new.iter_rows(named=True)]
    with connection.cursor() as cursor:
        cursor.executemany(_SUPERSEDE, [_superseded(action, one, originals, other) for one, other in pairs])
    stored.insert_rows(connection, dataset, new)
    keep_updates(connection, dataset, pairs, action.account, action.reason or "released as an update")
    for line in new["line"]:
        rows[line].act = Act.WAIVED if action.is_waiver else Act.UPDATED
    taken = {places: line for line, places in standing.items()}
    for row in action.rows:
        if (str(row.found["run_id"]), row.line) in taken:
            row.is_superseded = True


def _with_current_keys(connection: Connection, dataset: Dataset, places: pl.DataFrame) -> pl.DataFrame:
    """Return places with the keys under which the rows are found today; people may have corrected them."""
    hidden = past.renamed(connection, dataset).select("run_id", "line")
    moved = places.join(hidden, on=("run_id", "line"), how="semi")
    if moved.is_empty():
        return places
    found = [
        stored.row_at(connection, dataset, UUID(row["run_id"]), row["line"]).select(places.columns)
        for row in moved.iter_rows(named=True)
    ]
    return pl.concat([places.join(moved, on=("run_id", "line"), how="anti"), *found])


_SUPERSEDE = """
    insert into platform.exception (
        dataset, run_id, file_id, line, byte_start, byte_length, cells, extra, stage, category, state, closed_at,
        closed_by, reason, standing_run_id, standing_line, was_loaded
    )
    select %(dataset)s, r.run_id, r.file_id, %(line)s, %(byte_start)s, %(byte_length)s, %(cells)s, %(extra)s,
        'correction', 'DATA_QUALITY_ISSUE', 'SUPERSEDED', clock_timestamp(), %(by)s, %(reason)s, %(new_run)s,
        %(new_line)s, true
    from platform.run as r where r.run_id = %(run_id)s
    on conflict (run_id, line) do update set state = 'SUPERSEDED', closed_at = clock_timestamp(),
        closed_by = %(by)s, reason = %(reason)s, standing_run_id = %(new_run)s, standing_line = %(new_line)s
"""


def _superseded(
    action: _Action,
    before: Mapping[str, Any],
    originals: Mapping[tuple[str, int], Mapping[str, Any]],
    after: Mapping[str, Any],
) -> dict[str, Any]:
    return {
        **{name: before[name] for name in ("run_id", "line", "byte_start", "byte_length", "extra")},
        "dataset": action.dataset.name,
        "cells": Json(texts_of(originals[before["run_id"], before["line"]], action.dataset)),
        "by": action.account,
        "reason": f"line {after['line']} of run {after['run_id']} was released as an update of it",
        "new_run": after["run_id"],
        "new_line": after["line"],
    }


def _mark(action: _Action, rows: Mapping[int, _Row], loaded: pl.DataFrame) -> None:
    for line in loaded["line"]:
        rows[line].act = Act.WAIVED if action.is_waiver else Act.RELEASED


def _write_findings(
    connection: Connection, dataset: Dataset, run_id: UUID, rows: Mapping[int, _Row], findings: pl.DataFrame
) -> None:
    attempts = pl.DataFrame(
        [(line, row.found["attempts"] + 1) for line, row in rows.items()],
        schema={"line": pl.Int64, "attempt": pl.Int64},
        orient="row",
    )
    frame = (
        findings.join(attempts, on="line", how="inner", maintain_order="left")
        .rename({"column": "column_name"})
        .with_columns(run_id=pl.lit(str(run_id)), rule_fingerprint=pl.lit(dataset.rule_fingerprint))
    )
    marts.copy_frame(connection, "platform", "finding", frame)


_CLOSED = {
    Act.RELEASED: "RELEASED",
    Act.UPDATED: "RELEASED",
    Act.WAIVED: "WAIVED",
    Act.ALREADY_LOADED: "DISCARDED",
    Act.STILL_OPEN: "OPEN",
}


def _write_states(action: _Action, rows: Sequence[_Row]) -> None:
    with action.connection.cursor() as cursor:
        cursor.executemany(
            """
            update platform.exception set
                state = %(state)s,
                attempts = attempts + case when %(state)s = 'OPEN' then 1 else 0 end,
                stage = case when %(state)s = 'OPEN' then 'correction' else stage end,
                category = %(category)s,
                typed = coalesce(%(typed)s::jsonb, typed),
                corrected = %(corrected)s,
                corrected_by = %(by)s,
                corrected_attempt = attempts,
                extra = coalesce(%(extra)s::json, extra),
                closed_at = case when %(state)s = 'OPEN' then null else clock_timestamp() end,
                closed_by = %(closed_by)s,
                reason = %(reason)s,
                standing_run_id = coalesce(%(standing_run)s, standing_run_id),
                standing_line = coalesce(%(standing_line)s, standing_line)
            where exception_id = %(exception_id)s
            """,
            [_state_of(action, row) for row in rows if row.cells],
        )


def _state_of(action: _Action, row: _Row) -> dict[str, Any]:
    state = "SUPERSEDED" if row.is_superseded else _CLOSED[row.act]
    told = {
        Act.STILL_OPEN: None,
        Act.ALREADY_LOADED: row.messages[0] if row.messages else None,
    }
    return {
        "exception_id": row.fix.exception_id,
        "state": state,
        "category": row.category,
        "typed": row.typed,
        "corrected": Json(_written(row)),
        "by": action.account,
        "extra": row.fix.extra,
        "closed_by": {Act.STILL_OPEN: None, Act.ALREADY_LOADED: audit.SYSTEM}.get(row.act, action.account),
        "reason": told.get(row.act, action.reason or None),
        "standing_run": row.standing[0] if row.standing else None,
        "standing_line": row.standing[1] if row.standing else None,
    }


def _close_conflicts(connection: Connection, rows: Sequence[_Row], account: str) -> None:
    """Settle the corrections that could not follow to rows that a person has now decided on."""
    connection.execute(
        """
        update platform.correction_conflict as c set closed_at = now(), closed_by = %s
        from unnest(%s::uuid[], %s::bigint[]) as r (run_id, line)
        where c.run_id = r.run_id and c.line = r.line and c.closed_at is null
        """,
        (account, [row.found["run_id"] for row in rows], [row.line for row in rows]),
    )


def _written(row: _Row) -> dict[str, str]:
    """Return the cells that a person wrote, as they differ from those of the file."""
    read = row.found["cells"] or {}
    return {name: text for name, text in row.cells.items() if read.get(name) != text}


def _remember(connection: Connection, dataset: Dataset, row: _Row, account: str) -> None:
    connection.execute(
        """
        update platform.exception
        set corrected = %s, corrected_by = %s, attempts = attempts + 1, corrected_attempt = attempts + 1,
            extra = coalesce(%s::json, extra)
        where exception_id = %s and dataset = %s
        """,
        (Json(_written(row)), account, row.fix.extra, row.fix.exception_id, dataset.name),
    )
    connection.execute(
        """
        insert into platform.finding
            (run_id, line, rule, category, severity, column_name, value, message, rule_fingerprint, attempt)
        select run_id, line, rule, category, severity, column_name, value, message, rule_fingerprint, attempt + 1
        from platform.finding where run_id = %s and line = %s and attempt = %s
        """,
        (row.found["run_id"], row.line, row.found["attempts"]),
    )


def _keep(
    connection: Connection, rows: Iterable[_Row], account: str, reason: str, carried_from: Mapping[int, int]
) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            insert into platform.exception_correction
                (exception_id, attempt, cells, outcome, made_by, reason, carried_from)
            values (%s, %s, %s, %s, %s, %s, %s)
            """,
            [
                (
                    row.fix.exception_id,
                    row.found["attempts"],
                    Json(dict(row.fix.cells)),
                    row.act,
                    account,
                    reason,
                    carried_from.get(row.fix.exception_id),
                )
                for row in rows
            ],
        )


def _refuse_waiver(connection: Connection, dataset: Dataset, row: _Row) -> bool:
    """Return whether one of the rules that a row breaks may not be waived, and tell it."""
    broken = connection.execute(
        """
        select distinct rule from platform.finding
        where run_id = %s and line = %s and attempt = %s and severity = 'error'
        """,
        (row.found["run_id"], row.line, row.found["attempts"]),
    ).fetchall()
    row.messages = [
        f"{one['rule']} may not be waived: correct the row or discard it"
        for one in broken
        if not dataset.rule(one["rule"]).may_be_waived
    ]
    return bool(row.messages)


def _require(reason: str) -> None:
    if not reason.strip():
        raise MistakeError("say why, in a few words")


def _result(row: _Row) -> Result:
    return Result(exception_id=row.fix.exception_id, act=row.act, messages=tuple(row.messages))


def _tell(connection: Connection, event: str, account: str, results: Sequence[Result], reason: str) -> None:
    """Write one audit event for each file of an act, so that each run's trail is whole."""
    by_run = connection.execute(
        """
        select run_id, file_id, array_agg(exception_id order by exception_id) as ids
        from platform.exception where exception_id = any(%s) group by run_id, file_id order by file_id
        """,
        ([result.exception_id for result in results],),
    ).fetchall()
    acts = {result.exception_id: result.act for result in results}
    for row in by_run:
        audit.record(
            connection,
            event,
            actor=account,
            run_id=row["run_id"],
            file_id=row["file_id"],
            counts=dict(Counter(str(acts[one]).lower() for one in row["ids"])),
            exceptions=row["ids"],
            reason=reason,
        )
