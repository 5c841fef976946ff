"""What people ask about files, runs, exceptions and rows; each answer is a list of plain rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from psycopg import sql
from sqlalchemy import ARRAY, BigInteger, ColumnElement, Select, String, and_, cast, column, func, or_, select, table

from flows.adapters import ledger
from flows.adapters.object_store import ObjectStore
from flows.adapters.warehouse import Warehouse
from flows.core.dataset import Dataset, Report
from flows.core.errors import MistakeError
from flows.core.held import WAITS
from flows.core.rules import Category
from flows.core.states import ExceptionState
from flows.datasets import datasets
from flows.services import exporting, held_values, reports
from flows.services.accounts import SignedIn

Row = dict[str, Any]
_FEW = 20
"""Rows that are looked at for each that is wanted, before all of them are."""

_FILE = table(
    "file",
    *map(
        column,
        (
            "file_id",
            "dataset",
            "object_key",
            "base_name",
            "batch",
            "landed_by",
            "landed_at",
            "size_bytes",
            "state",
            "reason",
            "run_id",
        ),
    ),
    schema="platform",
)
_RUN = table(
    "run",
    *map(
        column,
        (
            "run_id",
            "file_id",
            "dataset",
            "name",
            "state",
            "started_at",
            "ended_at",
            "rows_read",
            "rows_loaded_at_first_pass",
            "rows_held_at_first_pass",
            "rows_loaded_already",
            "reason",
        ),
    ),
    schema="platform",
)
EXCEPTION = table(
    "exception",
    *map(
        column,
        (
            "exception_id",
            "dataset",
            "run_id",
            "file_id",
            "line",
            "stage",
            "category",
            "state",
            "attempts",
            "opened_at",
            "closed_at",
            "closed_by",
            "reason",
            "cells",
            "corrected",
            "raw_text",
            "was_loaded",
        ),
    ),
    schema="platform",
)
FINDING = table(
    "finding", *map(column, ("run_id", "line", "rule", "severity", "message", "attempt")), schema="platform"
)
_WAIVER = table("waiver", *map(column, ("exception_id", "attempt", "granted_by")), schema="platform")


def files(warehouse: Warehouse, *, dataset: str = "", state: str = "", batch: str = "", limit: int = 20) -> list[Row]:
    """Return the newest files, newest first."""
    wanted = {_FILE.c.dataset: dataset, _FILE.c.state: state, _FILE.c.batch: batch}
    return _rows(warehouse, _filtered(select(_FILE), wanted).order_by(_FILE.c.file_id.desc()).limit(limit))


def runs(warehouse: Warehouse, *, dataset: str = "", state: str = "", limit: int = 20) -> list[Row]:
    """Return the newest runs, newest first."""
    chosen = select(
        _RUN.c.run_id,
        _RUN.c.name,
        _RUN.c.dataset,
        _RUN.c.state,
        _RUN.c.started_at,
        (func.coalesce(_RUN.c.ended_at, func.clock_timestamp()) - _RUN.c.started_at).label("duration"),
        _RUN.c.rows_read,
        _RUN.c.rows_loaded_at_first_pass,
        _RUN.c.rows_held_at_first_pass,
        _RUN.c.rows_loaded_already,
        _RUN.c.reason,
    )
    wanted = {_RUN.c.dataset: dataset, _RUN.c.state: state}
    return _rows(warehouse, _filtered(chosen, wanted).order_by(_RUN.c.started_at.desc()).limit(limit))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which exceptions a person means; what is empty does not matter.

    Attributes:
        file: Base name, or number.
        run: Run id, or its first characters.
        older_than_days: At least so many days old.
        value: Text that stands in one of the cells, or `column=text` for the whole cell.
        says: Names of the dataset's held filters with what they want, all of which must fit.
        has_request: Only those for which a person asked for a waiver that nobody granted yet.
    """

    exception_ids: Sequence[int] = ()
    dataset: str = ""
    category: str = ""
    rule: str = ""
    state: str = ""
    file: str = ""
    run: str = ""
    stage: str = ""
    older_than_days: float | None = None
    value: str = ""
    says: tuple[tuple[str, str], ...] = ()
    has_request: bool = False


def check(wanted: Wanted) -> None:
    """Refuse what can't be: a state, a stage, a category, a dataset or a rule that does not exist.

    Raises:
        MistakeError: It names what there is.
    """
    known = datasets()
    rules = {rule.code for dataset in known.values() for rule in dataset.all_rules}
    for told, names in (
        (wanted.state, set(ExceptionState)),
        (wanted.category, set(Category)),
        (wanted.dataset, set(known)),
        (wanted.stage, {"reading", "validation", "duplicates", "correction"}),
        (wanted.rule, rules),
    ):
        if told and told not in names:
            raise MistakeError(f"there is no {told!r}; there are {', '.join(sorted(names))}")


def count_exceptions(warehouse: Warehouse, wanted: Wanted) -> int:
    """Return how many held rows a person means."""
    chosen = exceptions_of(warehouse, wanted).with_only_columns(func.count().label("number")).order_by(None)
    return int(_rows(warehouse, chosen)[0]["number"])


def exceptions_by_dataset(warehouse: Warehouse, wanted: Wanted) -> dict[str, int]:
    """Return how many held rows a person means, of each dataset that has any."""
    name = EXCEPTION.c.dataset
    chosen = exceptions_of(warehouse, wanted).with_only_columns(name, func.count().label("number"))
    return {row["dataset"]: row["number"] for row in _rows(warehouse, chosen.group_by(name).order_by(name))}


def exceptions(warehouse: Warehouse, wanted: Wanted, limit: int | None = None, *, after: int = 0) -> list[Row]:
    """Return held rows with the messages of their findings as of their last attempt, oldest first.

    Args:
        after: Only those with a higher number: how a page follows the one before.

    Raises:
        MistakeError: A state, stage, category, dataset, rule or run that is asked for does not exist.
    """
    is_after = EXCEPTION.c.exception_id > after
    if limit is not None and WAITS in dict(wanted.says):  # what waits is looked up key by key: a few often suffice
        few = held_values.Among(after=after, at_most=_FEW * limit)
        some = with_findings(warehouse, replace(wanted, says=())).where(is_after, _says(wanted, few))
        found = _rows(warehouse, some.limit(limit))
        if len(found) == limit:
            return found
    return _rows(warehouse, with_findings(warehouse, wanted).where(is_after).limit(limit))


def with_findings(warehouse: Warehouse, wanted: Wanted) -> Select[Any]:
    """Return the statement of the held rows that a person means, with messages, oldest first.

    Raises:
        MistakeError: As `exceptions`.
    """
    told = select(func.array_agg(FINDING.c.message)).where(IS_CURRENT).scalar_subquery().label("findings")
    chosen = exceptions_of(warehouse, wanted).add_columns(_FILE.c.base_name, told)
    return chosen.join(_FILE, _FILE.c.file_id == EXCEPTION.c.file_id).order_by(EXCEPTION.c.exception_id)


IS_CURRENT = and_(
    EXCEPTION.c.run_id == FINDING.c.run_id,
    EXCEPTION.c.line == FINDING.c.line,
    EXCEPTION.c.attempts == FINDING.c.attempt,
)
"""A finding of an exception as of its last attempt."""


def exceptions_of(warehouse: Warehouse, wanted: Wanted) -> Select[Any]:
    """Return the statement of the held rows that a person means, in no order.

    Raises:
        MistakeError: A state, stage, category, dataset, rule or run that is asked for does not exist.
    """
    check(wanted)
    chosen = select(EXCEPTION)
    equal = {
        EXCEPTION.c.dataset: wanted.dataset,
        EXCEPTION.c.category: wanted.category,
        EXCEPTION.c.state: wanted.state,
        EXCEPTION.c.stage: wanted.stage,
        EXCEPTION.c.run_id: run_id(warehouse, wanted.run) if wanted.run else "",
    }
    chosen = _filtered(chosen, equal)
    if wanted.exception_ids:
        ids = cast(list(wanted.exception_ids), ARRAY(BigInteger))
        chosen = chosen.where(EXCEPTION.c.exception_id == func.any(ids))
    if wanted.file:
        chosen = chosen.where(EXCEPTION.c.file_id.in_(_files(wanted.file)))
    if wanted.older_than_days is not None:
        chosen = chosen.where(EXCEPTION.c.opened_at <= datetime.now(UTC) - timedelta(days=wanted.older_than_days))
    if wanted.value:
        chosen = chosen.where(_has_value(wanted.value))
    if wanted.says:
        chosen = chosen.where(_says(wanted))
    if wanted.rule:
        broken = select(FINDING.c.rule).where(IS_CURRENT, FINDING.c.rule == wanted.rule)
        chosen = chosen.where(broken.correlate(EXCEPTION).exists())
    if wanted.has_request:
        asked = (_WAIVER.c.exception_id == EXCEPTION.c.exception_id, _WAIVER.c.attempt == EXCEPTION.c.attempts)
        chosen = chosen.where(select(_WAIVER.c.attempt).where(*asked, _WAIVER.c.granted_by.is_(None)).exists())
    return chosen


def _says(wanted: Wanted, among: held_values.Among | None = None) -> ColumnElement[bool]:
    """Return whether what can be read in a row fits."""
    dataset, is_open = datasets().get(wanted.dataset), wanted.state == ExceptionState.OPEN
    return EXCEPTION.c.exception_id.in_(
        held_values.exceptions_that_say(dataset, wanted.says, is_open=is_open, among=among)
    )


def _files(told: str) -> Select[Any]:
    """Return the statement of the numbers of the files that a person means by base name or number."""
    is_meant = _FILE.c.file_id == int(told) if told.isdigit() else _FILE.c.base_name == told
    return select(_FILE.c.file_id).where(is_meant)


def _has_value(value: str) -> ColumnElement[bool]:
    """Return whether a text stands in a cell, as the file or a person wrote it; `column=text` means the whole cell."""
    name, is_cell, text = value.partition("=")
    if is_cell:
        written = func.coalesce(
            func.json_extract_path_text(EXCEPTION.c.corrected, name),
            func.json_extract_path_text(EXCEPTION.c.cells, name),
        )
        return func.lower(func.btrim(written)) == text.strip().lower()
    text = f"%{value.replace(chr(92), chr(92) * 2).replace('%', chr(92) + '%').replace('_', chr(92) + '_')}%"
    return or_(
        cast(EXCEPTION.c.cells, String).ilike(text),
        cast(EXCEPTION.c.corrected, String).ilike(text),
        EXCEPTION.c.raw_text.ilike(text),
    )


def completed_runs(warehouse: Warehouse) -> list[Row]:
    """Return the completed runs in the order in which they were published."""
    return warehouse.rows("select run_id, dataset from platform.run where state = 'COMPLETED' order by ended_at")


def status(warehouse: Warehouse) -> dict[str, list[Row]]:
    """Return what is going on: files by state, quality by dataset, what waits for a person, unclaimed objects."""
    return {
        "files": warehouse.rows(
            "select dataset, state, count(*) as files from platform.file group by 1, 2 order by 1, 2"
        ),
        "datasets": warehouse.rows("select * from platform.dataset_measures order by dataset"),
        "under_way": warehouse.rows(
            """
            select f.file_id, f.base_name, f.dataset, r.run_id, r.started_at
            from platform.file as f left join platform.run as r on r.run_id = f.run_id
            where f.state = 'RUNNING' order by f.file_id
            """
        ),
        "waits_for_a_person": warehouse.rows(
            """
            select 'exceptions' as what, count(*) as number from platform.exception where state = 'OPEN'
            union all
            select 'runs to review', count(*) from platform.file
            where state = 'AWAITING_REVIEW' and replaced_by_run is null
            union all
            select 'waivers to grant', count(*) from platform.waiver as w
            inner join platform.exception as e
                on e.exception_id = w.exception_id and e.attempts = w.attempt and e.state = 'OPEN'
            where w.granted_by is null
            union all
            select 'corrections that did not follow', count(*) from platform.correction_conflict where closed_at is null
            """
        ),
        "unclaimed": warehouse.rows(
            "select object_key, reason, seen_at from platform.unclaimed_object order by seen_at desc limit 20"
        ),
    }


def run_id(warehouse: Warehouse, told: str) -> UUID:
    """Return the run whose id starts with what a person typed.

    Raises:
        MistakeError: None or several do.
    """
    with warehouse.transaction() as connection:
        return ledger.run_starting_with(connection, told)


def show(warehouse: Warehouse, told: str) -> dict[str, list[Row]]:
    """Return everything about one run: counts, measures, controls, held rows, audit events."""
    values = {"run_id": run_id(warehouse, told)}
    return {
        "run": warehouse.rows(
            """
            select r.*, f.object_key, f.base_name, f.batch, f.sha256, f.landed_by, f.landed_at, f.state as file_state
            from platform.run as r inner join platform.file as f on f.file_id = r.file_id where r.run_id = %(run_id)s
            """,
            **values,
        ),
        "measures": warehouse.rows("select * from platform.run_measures where run_id = %(run_id)s", **values),
        "controls": warehouse.rows(
            """
            select rule, category, severity, tested, failed, not_evaluated, control
            from platform.run_rule where run_id = %(run_id)s order by failed desc, rule
            """,
            **values,
        ),
        "held": warehouse.rows(
            "select category, state, rows_held from platform.held_by_category where run_id = %(run_id)s order by 1, 2",
            **values,
        ),
        "events": warehouse.rows(
            """
            select occurred_at, event, actor, counts, details from platform.audit_event
            where run_id = %(run_id)s order by event_id
            """,
            **values,
        ),
    }


def lineage(warehouse: Warehouse, store: ObjectStore, dataset: Dataset, key: str) -> Row:
    """Follow a row of a mart, or a held row, back to the line of its file.

    Args:
        key: `RUN:LINE`, or the key of a row where the dataset has one.

    Raises:
        MistakeError: There is no such row.
    """
    run, line = _place(warehouse, dataset, key)
    found = warehouse.rows(
        """
        select r.run_id, r.name as run_name, r.state as run_state, r.rule_fingerprint, r.started_at, f.file_id,
            f.base_name, f.object_key, f.batch, f.sha256, f.encoding, f.landed_by, f.landed_at
        from platform.run as r inner join platform.file as f on f.file_id = r.file_id where r.run_id = %(run)s
        """,
        run=run,
    )[0]
    mart = _mart_row(warehouse, dataset, run, line)
    held = warehouse.rows(
        "select * from platform.exception where run_id = %(run)s and line = %(line)s", run=run, line=line
    )
    place = mart or (held[0] if held else None)
    if place is None:
        raise MistakeError(f"line {line} of run {run} is neither loaded nor held")
    findings = warehouse.rows(
        """
        select attempt, rule, severity, message, rule_fingerprint from platform.finding
        where run_id = %(run)s and line = %(line)s order by attempt, rule
        """,
        run=run,
        line=line,
    )
    corrections = warehouse.rows(
        """
        select correction_id, made_at, made_by, kind, column_name, old_value, new_value, reason
        from platform.correction where run_id = %(run_id)s and line = %(line)s order by correction_id
        """,
        run_id=run,
        line=line,
    )
    repairs = warehouse.rows(
        """
        select c.made_at, c.made_by, c.outcome, c.cells, c.reason
        from platform.exception_correction as c
        inner join platform.exception as e on e.exception_id = c.exception_id
        where e.run_id = %(run_id)s and e.line = %(line)s order by c.made_at
        """,
        run_id=run,
        line=line,
    )
    return {
        **found,
        "corrections": corrections,
        "repairs": repairs,
        "line": line,
        "disposition": "LOADED" if mart else f"HELD ({place['state']})",
        "raw_line": raw_line(store, found["sha256"], found["encoding"], place["byte_start"], place["byte_length"]),
        "row": {name: place[name] for name in dataset.mart_columns} if mart else place["typed"],
        "findings": findings,
    }


def raw_line(store: ObjectStore, digest: str, encoding: str, start: int, length: int) -> str:
    """Return a record as it stands in the archived file; offsets count the file as UTF-8 text."""
    if encoding == "utf-8":
        return store.archived_range(digest, start, length).decode("utf-8", "backslashreplace")
    text = store.archived_range(digest, 2, 0).decode(encoding, "surrogatepass")
    return text.encode("utf-8", "surrogatepass")[start : start + length].decode("utf-8", "backslashreplace")


def export_rows(warehouse: Warehouse, actor: SignedIn, dataset: Dataset, target: Path) -> int:
    """Write every row of a mart in force as CSV, safe against spreadsheet formulas; return their number.

    Raises:
        RefusedError: Nobody is signed in.
    """
    in_force = sql.SQL("where replaced_by_run is null" if dataset.new_version == "replace" else "")
    with exporting.written_to(target) as write:
        return exporting.send_rows(warehouse, actor, dataset, in_force, write, told="")


def export_report(
    warehouse: Warehouse, actor: SignedIn, dataset: Dataset, report: Report, batch: str, target: Path
) -> int:
    """Write a report of a batch as CSV; return its number of rows.

    Raises:
        RefusedError: Nobody is signed in.
        MistakeError: There is no such batch.
    """
    with exporting.written_to(target) as write:
        return reports.send_report(warehouse, actor, dataset, report, batch, write)


def _place(warehouse: Warehouse, dataset: Dataset, key: str) -> tuple[UUID, int]:
    if len(dataset.key) == 1:
        with warehouse.transaction() as connection:
            found = connection.execute(
                sql.SQL("select run_id, line from {} where {} = %s").format(
                    sql.Identifier(dataset.name, dataset.mart_table), sql.Identifier(dataset.key[0])
                ),
                (key,),
            ).fetchone()
        if found is not None:
            return found["run_id"], found["line"]
    run, _, line = key.rpartition(":")
    if run and line.isdigit():
        return run_id(warehouse, run), int(line)
    if len(dataset.key) != 1:
        raise MistakeError(f"rows of {dataset.name} have no key of their own; name one as RUN:LINE")
    raise MistakeError(f"no row of {dataset.name} has the key {key!r}; held rows are named as RUN:LINE")


def _mart_row(warehouse: Warehouse, dataset: Dataset, run: UUID, line: int) -> Row | None:
    with warehouse.transaction() as connection:
        return connection.execute(
            sql.SQL("select * from {} where run_id = %s and line = %s").format(
                sql.Identifier(dataset.name, dataset.mart_table)
            ),
            (run, line),
        ).fetchone()


def _filtered(chosen: Select[Any], wanted: Mapping[Any, object]) -> Select[Any]:
    conditions: Sequence[ColumnElement[bool]] = [name == value for name, value in wanted.items() if value]
    return chosen.where(*conditions)


def _rows(warehouse: Warehouse, chosen: Select[Any]) -> list[Row]:
    with warehouse.engine.connect() as connection:
        return [dict(row) for row in connection.execute(chosen).mappings()]
