"""Publishes a judged file: one transaction in which rows, exceptions, tallies, aggregates, ledger and audit appear."""

import traceback
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import polars as pl
from psycopg.errors import UniqueViolation

from flows.adapters import ledger, marts, past, stored
from flows.adapters.missing import write_missing
from flows.adapters.transient import is_transient
from flows.adapters.warehouse import Connection
from flows.core.duplicates import Duplicates, judge_duplicates
from flows.core.errors import QuaysideError
from flows.core.judging import FINDING_SCHEMA, HELD_SCHEMA, Tally, cells_json
from flows.core.reading import reread
from flows.core.rules import CATEGORY_RANK, Rule
from flows.services.carrying import Carried, carry_over
from flows.services.loading import (
    Load,
    Validated,
    changes_of,
    duplicate_of,
    exception_rows,
    finding_rows,
    identity_of,
    mart_rows,
)

REVIEW_SAMPLE = 100
"""Findings of each rule that are kept for a person who decides on a run."""
CHANGES_AT_ONCE = 500_000
EXCEPTION_COLUMNS = (*HELD_SCHEMA, "dataset", "run_id", "file_id")
FINDING_COLUMNS = (
    "line",
    "rule",
    "category",
    "severity",
    "column_name",
    "value",
    "message",
    "run_id",
    "rule_fingerprint",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a run ended; `state` is a run state, or DUPLICATE for a file that is the same as one in force."""

    state: str
    reason: str | None = None
    rows_read: int = 0
    rows_loaded: int = 0
    rows_held: int = 0
    rows_loaded_already: int = 0
    rows_held_already: int = 0
    replaced_runs: tuple[UUID, ...] = ()


@dataclass(slots=True)
class _Counts:
    """What publishing found among the rows that passed.

    Attributes:
        moment: Since when no other run of the dataset can be published.
        renamed: Keys that people corrected, with the places of their rows.
        sample: Findings of conflicting duplicates, for a person who decides on the run.
    """

    moment: datetime
    renamed: pl.DataFrame
    loaded: int = 0
    loaded_already: int = 0
    conflicting: int = 0
    totals: dict[int, pl.DataFrame] = field(default_factory=dict)
    sample: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=FINDING_SCHEMA))


def publish(load: Load) -> Outcome:
    """Publish a file while it is judged, or decide that a person must; everything appears together or not at all.

    Tried again after a commit whose answer was lost, it tells how the run ended.

    Raises:
        FenceLostError: Another run owns the file.
        StoppedError: An earlier stage gave up.
    """
    if ended := ledger.ended_run(load.warehouse, load.run_id):
        return _outcome_of(ended)
    with load.stage("publish") as counts:
        next(load.transformed.follow(), None)
        with load.warehouse.transaction() as connection:
            outcome = _publish(connection, load)
        counts |= {"rows_loaded": outcome.rows_loaded, "rows_held": outcome.rows_held}
    return outcome


def _outcome_of(ended: dict[str, Any]) -> Outcome:
    return Outcome(
        state="DUPLICATE" if ended["file_state"] == "DUPLICATE" else ended["state"],
        reason=ended["reason"],
        rows_read=ended["rows_read"],
        rows_loaded=ended["rows_loaded"],
        rows_held=ended["rows_held"],
        rows_loaded_already=ended["rows_loaded_already"],
    )


def _publish(connection: Connection, load: Load) -> Outcome:
    marts.lock_dataset(connection, load.dataset)
    ledger.hold_fence(connection, load.claimed)
    moment = ledger.duplicates_judged_now(connection, load.run_id)
    digest = _digest(connection, load)
    same = duplicate_of(connection, load.dataset, identity_of(load.dataset, digest, load.claimed.base_name))
    if same is not None:
        return end_duplicate(connection, load, same)
    connection.execute("savepoint unpublished")
    connection.execute("set local enable_seqscan = off")
    connection.execute("set local work_mem = '64MB'")
    replaced = _replace(connection, load)
    counts = _Counts(moment=moment, renamed=past.renamed(connection, load.dataset))
    _publish_rows(connection, load, counts)
    _publish_held(connection, load)
    validated = load.validated
    assert validated is not None
    load.finish_keeping()
    errors = validated.rows_held + counts.conflicting
    is_too_bad = errors > load.dataset.review_above_share * validated.rows_read
    if is_too_bad and load.claimed.let_go_on_by is None:
        connection.execute("rollback to savepoint unpublished")
        return _await_review(connection, load, validated, counts, errors)
    return _complete(connection, load, validated, counts, replaced)


def end_duplicate(connection: Connection, load: Load, reason: str) -> Outcome:
    """End the run of a file that is the same as one in force; nothing is loaded again."""
    ledger.end_file(connection, load.claimed, load.run_id, "DUPLICATE", "REJECTED", reason)
    load.tell(connection, "run_ended", state="DUPLICATE", reason=reason)
    return Outcome(state="DUPLICATE", reason=reason)


def end_same(load: Load, reason: str) -> Outcome:
    """End the run of a file that was known as the same before it was read."""
    load.finish_keeping()
    with load.warehouse.transaction() as connection:
        ledger.hold_fence(connection, load.claimed)
        return end_duplicate(connection, load, reason)


def end_rejected(load: Load, reason: str) -> Outcome:
    """End the run of a file that can't be read as a whole; the archive has it all the same."""
    load.finish_keeping()
    with load.warehouse.transaction() as connection:
        ledger.hold_fence(connection, load.claimed)
        ledger.end_file(connection, load.claimed, load.run_id, "REJECTED", "REJECTED", reason)
        load.tell(connection, "run_ended", state="REJECTED", reason=reason)
    return Outcome(state="REJECTED", reason=reason)


def end_broken(load: Load, error: BaseException, max_attempts: int) -> Outcome:
    """End a run that could not go on for a reason that is not the file's; the trace is kept in the audit trail.

    Where a server was away, the file waits for the next claim, up to a limit.
    """
    trace = "".join(traceback.format_exception(error))
    is_tried_again = is_transient(error) and load.claimed.attempts < max_attempts
    reason = f"{_sentence(error)}; the file is tried again" if is_tried_again else _sentence(error)
    with load.warehouse.transaction() as connection:
        ledger.hold_fence(connection, load.claimed)
        ledger.end_file(
            connection, load.claimed, load.run_id, "LANDED" if is_tried_again else "FAILED", "FAILED", reason
        )
        load.tell(connection, "run_ended", state="FAILED", reason=reason, trace=trace, is_tried_again=is_tried_again)
    return Outcome(state="FAILED", reason=reason)


def _sentence(error: BaseException) -> str:
    """Return what people are told: an expected failure speaks for itself, of another its first line."""
    told = str(error).strip()
    if isinstance(error, QuaysideError):
        return told
    return f"{type(error).__name__}: {told.splitlines()[0] if told else 'no message'}"


def _digest(connection: Connection, load: Load) -> str:
    row = connection.execute("select sha256 from platform.file where file_id = %s", (load.claimed.file_id,)).fetchone()
    assert row is not None
    return str(row["sha256"])


def _replace(connection: Connection, load: Load) -> tuple[UUID, ...]:
    """Take the version in force of the same name out of force, where the dataset says so."""
    if load.dataset.new_version != "replace":
        return ()
    old = connection.execute(
        """
        update platform.file set replaced_by_run = %s
        where dataset = %s and base_name = %s and file_id <> %s and replaced_by_run is null
            and state in ('COMPLETED', 'AWAITING_REVIEW')
        returning run_id
        """,
        (load.run_id, load.dataset.name, load.claimed.base_name, load.claimed.file_id),
    ).fetchall()
    for row in old:
        marts.mark_replaced(connection, load.dataset, old_run=row["run_id"], new_run=load.run_id)
    return tuple(row["run_id"] for row in old)


def _publish_rows(connection: Connection, load: Load, counts: _Counts) -> None:
    """COPY the rows that passed, part by part as they come; with a key only those whose key is new."""
    rule = load.dataset.duplicate_rule
    look_first = False
    for number in load.transformed.follow():
        load.progress.rows_written = counts.loaded
        if rule is None:
            _copy_part(connection, load, number)
            _count_part(connection, load, counts, number)
            continue
        suspects = load.scratch.read("suspects", number)
        is_clear = not look_first and not _has_renamed(load, counts, number)
        if is_clear and _copy_optimistically(connection, load, number):
            _count_part(connection, load, counts, number, without=suspects.height)
        else:
            passed = load.scratch.read("passed", number)
            fresh = passed.join(suspects.select("line"), on="line", how="anti", maintain_order="left")
            look_first = _copy_new(connection, load, counts, rule, mart_rows(load, fresh)) < fresh.height
        _copy_new(connection, load, counts, rule, mart_rows(load, suspects))
    for position, total in counts.totals.items():
        marts.add_changes(connection, load.dataset, load.dataset.aggregates[position], load.run_id, total)


def _has_renamed(load: Load, counts: _Counts, number: int) -> bool:
    """Return whether a part has a key whose row stands under a corrected key."""
    if counts.renamed.is_empty():
        return False
    passed = load.scratch.read("passed", number)
    return passed.join(counts.renamed, on=load.dataset.key, how="semi").height > 0


def _publish_held(connection: Connection, load: Load) -> None:
    for number in load.held.follow():
        marts.copy_file(connection, "platform", "exception", EXCEPTION_COLUMNS, load.scratch.csv("exceptions", number))
        marts.copy_file(connection, "platform", "finding", FINDING_COLUMNS, load.scratch.csv("findings_ready", number))


def _copy_part(connection: Connection, load: Load, number: int) -> None:
    dataset = load.dataset
    path = load.scratch.csv("rows", number)
    marts.copy_file(connection, dataset.name, dataset.mart_table, dataset.mart_columns, path)


def _count_part(connection: Connection, load: Load, counts: _Counts, number: int, without: int = 0) -> None:
    counts.loaded += load.scratch.read("passed", number).height - without
    _add(
        connection,
        load,
        counts,
        [load.scratch.read(f"changes-{position}", number) for position in range(len(load.dataset.aggregates))],
    )


def _copy_optimistically(connection: Connection, load: Load, number: int) -> bool:
    """COPY a part in the hope that its keys are new; return whether they were."""
    try:
        with connection.transaction():
            _copy_part(connection, load, number)
    except UniqueViolation:
        return False
    return True


def _copy_new(connection: Connection, load: Load, counts: _Counts, rule: Rule, rows: pl.DataFrame) -> int:
    """COPY the first row of each key that is new and hold the others; return how many were new."""
    if rows.is_empty():
        return 0
    dataset = load.dataset
    standing, originals = past.standing_at(connection, dataset, rows, counts.moment)
    known = rows.join(standing, on=dataset.key, how="semi", maintain_order="left")
    unknown = rows.join(standing, on=dataset.key, how="anti", maintain_order="left")
    is_first = unknown.select(pl.struct(dataset.key).is_first_distinct()).to_series()
    new = unknown.filter(is_first)
    marts.copy_frame(connection, dataset.name, dataset.mart_table, new)
    counts.loaded += new.height
    _add(connection, load, counts, changes_of(dataset, new))
    if known.height:
        _hold_duplicates(connection, load, counts, judge_duplicates(known, standing, originals, dataset, rule), known)
    return new.height + _copy_new(connection, load, counts, rule, unknown.filter(~is_first))


def _hold_duplicates(
    connection: Connection, load: Load, counts: _Counts, duplicates: Duplicates, known: pl.DataFrame
) -> None:
    rule = load.dataset.duplicate_rule
    assert rule is not None
    with load.scratch.text.open("rb") as source:
        texts = reread(source, load.layout, load.dataset, known.sort("line"))
    cells = texts.select("line", "extra", cells=cells_json(load.dataset))
    held = duplicates.held.join(cells, on="line", how="left", maintain_order="left").with_columns(
        raw_text=pl.lit(None, pl.String),
        stage=pl.lit("duplicates"),
        category=pl.lit(str(rule.category)),
        state=pl.when("is_loaded_already").then(pl.lit("DISCARDED")).otherwise(pl.lit("OPEN")),
        closed_at=pl.when("is_loaded_already").then(pl.lit("now")),
        closed_by=pl.when("is_loaded_already").then(pl.lit("system")),
        reason=pl.when("is_loaded_already").then(
            pl.format("already loaded: line {} of run {}", "standing_line", "standing_run_id")
        ),
    )
    marts.copy_frame(connection, "platform", "exception", exception_rows(load, held.drop("is_loaded_already")))
    marts.copy_frame(connection, "platform", "finding", finding_rows(load, duplicates.findings))
    already = int(held["is_loaded_already"].sum())
    counts.loaded_already += already
    counts.conflicting += held.height - already
    counts.sample = _first_of_each_rule([counts.sample, duplicates.findings])


def _add(connection: Connection, load: Load, counts: _Counts, changes: list[pl.DataFrame]) -> None:
    """Add a batch's changes to the totals; totals that grow too large go to the database at once."""
    for position, change in enumerate(changes):
        aggregate = load.dataset.aggregates[position]
        parts = [part for part in (counts.totals.get(position), change) if part is not None]
        total = marts.add_up(aggregate, parts)
        if total.height > CHANGES_AT_ONCE:
            marts.add_changes(connection, load.dataset, aggregate, load.run_id, total)
            total = total.clear()
        counts.totals[position] = total


def _complete(
    connection: Connection, load: Load, validated: Validated, counts: _Counts, replaced: tuple[UUID, ...]
) -> Outcome:
    held_already = marts.close_held_already(connection, load.dataset, load.run_id)
    duplicates = counts.loaded_already + counts.conflicting
    judged = counts.loaded + duplicates
    _write_tallies(connection, load, validated, judged_for_duplicates=judged, duplicates=counts.conflicting)
    outcome = Outcome(
        state="COMPLETED",
        rows_read=validated.rows_read,
        rows_loaded=counts.loaded,
        rows_held=validated.rows_held + duplicates,
        rows_loaded_already=counts.loaded_already,
        rows_held_already=held_already,
        replaced_runs=replaced,
    )
    _write_counts(connection, load, validated, outcome)
    ledger.end_file(connection, load.claimed, load.run_id, "COMPLETED", "COMPLETED", None)
    stored.rederive_if_changed(connection, load.dataset, load.run_id, load.context)
    carried = Carried()
    if load.dataset.matched_by:
        carried = carry_over(connection, load.dataset, load.run_id, load.claimed.base_name)
    marts.settle(connection, load.dataset, load.run_id)
    load.tell(
        connection,
        "run_ended",
        counts={
            "rows_read": outcome.rows_read,
            "rows_loaded": outcome.rows_loaded,
            "rows_held": outcome.rows_held,
            "rows_loaded_already": outcome.rows_loaded_already,
            "rows_held_already": outcome.rows_held_already,
            "corrections_carried": carried.followed,
            "correction_conflicts": carried.conflicts,
        },
        state="COMPLETED",
        replaced_runs=[str(run_id) for run_id in replaced],
    )
    return outcome


def _await_review(connection: Connection, load: Load, validated: Validated, counts: _Counts, errors: int) -> Outcome:
    """Publish nothing but the tallies and a sample of the findings."""
    reason = (
        f"{errors:,} of {validated.rows_read:,} rows have errors, more than {load.dataset.review_above_share:.0%}; "
        "a person decides whether the run goes on or is rejected"
    )
    sample = counts.sample
    for findings in load.scratch.frames("findings"):
        sample = _first_of_each_rule([sample, findings])
    marts.copy_frame(connection, "platform", "finding", finding_rows(load, sample))
    judged = counts.loaded + counts.loaded_already + counts.conflicting
    _write_tallies(connection, load, validated, judged_for_duplicates=judged, duplicates=counts.conflicting)
    outcome = Outcome(state="AWAITING_REVIEW", reason=reason, rows_read=validated.rows_read, rows_held=errors)
    _write_counts(connection, load, validated, outcome)
    ledger.end_file(connection, load.claimed, load.run_id, "AWAITING_REVIEW", "AWAITING_REVIEW", reason)
    load.tell(
        connection,
        "run_ended",
        counts={"rows_read": validated.rows_read, "rows_with_errors": errors},
        state="AWAITING_REVIEW",
        reason=reason,
    )
    return outcome


def _first_of_each_rule(findings: list[pl.DataFrame]) -> pl.DataFrame:
    """Return the findings of each rule that stand first in the file, so that equal files give equal samples."""
    by_line = pl.concat(findings).sort("line", maintain_order=True)
    return by_line.filter(pl.int_range(pl.len()).over("rule") < REVIEW_SAMPLE)


def _write_tallies(
    connection: Connection, load: Load, validated: Validated, *, judged_for_duplicates: int, duplicates: int
) -> None:
    tallies = dict(validated.tallies)
    if load.dataset.duplicate_rule is not None:
        tallies[load.dataset.duplicate_rule.code] = Tally(tested=judged_for_duplicates, failed=duplicates)
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            insert into platform.run_rule (run_id, rule, category, severity, tested, failed, not_evaluated)
            values (%s, %s, %s, %s, %s, %s, %s)
            """,
            [
                (
                    load.run_id,
                    rule.code,
                    rule.category,
                    rule.severity,
                    tallies[rule.code].tested,
                    tallies[rule.code].failed,
                    validated.rows_read - tallies[rule.code].tested,
                )
                for rule in sorted(load.dataset.all_rules, key=lambda rule: CATEGORY_RANK[rule.category])
            ],
        )
    write_missing(connection, load.run_id, validated.missing)
    load.tell(
        connection,
        "controls_judged",
        counts={rule.code: tallies[rule.code].failed for rule in load.dataset.all_rules},
        rule_fingerprint=load.dataset.rule_fingerprint,
    )


def _write_counts(connection: Connection, load: Load, validated: Validated, outcome: Outcome) -> None:
    connection.execute(
        """
        update platform.run set rows_read = %s, rows_loaded_at_first_pass = %s, rows_held_at_first_pass = %s,
            rows_loaded_already = %s, empty_lines = %s, warnings = %s
        where run_id = %s
        """,
        (
            outcome.rows_read,
            outcome.rows_loaded,
            outcome.rows_held,
            outcome.rows_loaded_already,
            validated.empty_lines,
            list(validated.warnings),
            load.run_id,
        ),
    )
