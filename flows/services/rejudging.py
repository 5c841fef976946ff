"""Held rows judged again, with what a person wrote; those that pass are loaded."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any
from uuid import UUID

import polars as pl

from flows.adapters import marts, past, stored
from flows.core.duplicates import Duplicates, judge_duplicates
from flows.core.judging import judge
from flows.core.rules import Rule
from flows.core.written import WrittenRow, batch_of
from flows.services.held_rows import Act, Action, HeldRow
from flows.services.loaded_rows import context_of, derived
from flows.services.repair_records import close_conflicts, keep, write_findings, write_states
from flows.services.superseding import take_places


def judge_again(action: Action, rows: list[HeldRow]) -> None:
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
        write_findings(connection, dataset, run_id, some, findings)
        marts.settle(connection, dataset, run_id)
    write_states(action, rows)
    close_conflicts(connection, [row for row in rows if row.act is not Act.STILL_OPEN], action.account)
    keep(connection, rows, action.account, action.reason, action.carried_from)


def _judge_run(action: Action, run_id: UUID, rows: Mapping[int, HeldRow]) -> pl.DataFrame:
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


def _load_new(action: Action, rule: Rule, rows: Mapping[int, HeldRow], passed: pl.DataFrame) -> list[pl.DataFrame]:
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
    action: Action, rule: Rule, rows: Mapping[int, HeldRow], known: pl.DataFrame, duplicates: Duplicates
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
        take_places(action, rows, new, differing)
    return []


def _mark(action: Action, rows: Mapping[int, HeldRow], loaded: pl.DataFrame) -> None:
    for line in loaded["line"]:
        rows[line].act = Act.WAIVED if action.is_waiver else Act.RELEASED
