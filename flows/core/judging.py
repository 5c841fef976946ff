"""Text rows become a verdict: typed rows that load, held rows with every finding, and a tally per rule."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import pandera.polars as pa
import polars as pl
from pandera.api.polars.types import PolarsData
from pandera.errors import SchemaErrorReason, SchemaErrors

from flows.core.dataset import Context, Dataset
from flows.core.kinds import present
from flows.core.reading import Batch
from flows.core.records import BrokenRecord
from flows.core.rules import CATEGORY_RANK, RECORD_RULES, Category, Rule, Severity, raw_name

FINDING_SCHEMA = {
    "line": pl.Int64,
    "rule": pl.String,
    "category": pl.String,
    "severity": pl.String,
    "column": pl.String,
    "value": pl.String,
    "message": pl.String,
}
HELD_SCHEMA = {
    "line": pl.Int64,
    "byte_start": pl.Int64,
    "byte_length": pl.Int64,
    "raw_text": pl.String,
    "cells": pl.String,
    "extra": pl.String,
    "typed": pl.String,
    "stage": pl.String,
    "category": pl.String,
}


@dataclass(slots=True)
class Tally:
    """How often one rule was judged: tested (passed or failed) and failed; the rest was not evaluated."""

    tested: int = 0
    failed: int = 0


@dataclass(slots=True, kw_only=True)
class Verdict:
    """What the rules say of a batch.

    Attributes:
        passed: One row per row that no error holds: the typed columns, `extra`, `line`, `byte_start`,
            `byte_length`, `key_hash` (equal for equal keys) and `row_hash` (equal for equal values).
        held: One row per held row, `HELD_SCHEMA`: `cells` and `typed` are JSON objects, `raw_text` stands instead
            where the record can't be read as fields.
        findings: One row per rule that a row broke, `FINDING_SCHEMA`.
        tallies: One per rule that is judged here, by code.
        missing: Cells of each CSV column: tested are those of rows that could be read, failed those without a value.
    """

    passed: pl.DataFrame
    held: pl.DataFrame
    findings: pl.DataFrame
    rows_read: int
    tallies: dict[str, Tally] = field(default_factory=dict)
    missing: dict[str, Tally] = field(default_factory=dict)


def judge(batch: Batch, dataset: Dataset, context: Context) -> Verdict:
    """Judge the rows of a batch by the dataset's rules, one by one; duplicates are judged later."""
    texts = batch.rows
    rows = dataset.enrich(_typed(texts, dataset), context).with_columns(landed_on=pl.lit(context.landed_on))
    holds = rows.select(rule.holds.alias(rule.code) for rule in dataset.rules if rule.holds is not None)
    broken_by = _broken_by(holds, dataset)
    findings = [_findings(rows, rule, broken) for rule, broken in broken_by.items()]
    is_held = _any_row((mask for rule, mask in broken_by.items() if rule.severity is Severity.ERROR), rows.height)
    held = _held(texts.filter(is_held), rows.filter(is_held), dataset)
    all_findings = pl.concat([pl.DataFrame(schema=FINDING_SCHEMA), *findings, _record_findings(batch.broken)])
    return Verdict(
        passed=_passed(rows.filter(~is_held), dataset),
        held=pl.concat([_with_category(held, all_findings), _broken_rows(batch.broken)]),
        findings=all_findings,
        rows_read=batch.rows_read,
        tallies=_record_tallies(batch) | _tallies(holds, broken_by),
        missing={
            column.name: Tally(tested=rows.height, failed=rows[raw_name(column.name)].null_count())
            for column in dataset.columns
        },
    )


def add_up(totals: dict[str, Tally], more: Mapping[str, Tally]) -> None:
    """Add the tallies of a batch to those of the batches before."""
    for name, tally in more.items():
        total = totals.setdefault(name, Tally())
        total.tested += tally.tested
        total.failed += tally.failed


def present_rule(column: str) -> Rule:
    """Return the rule that a cell of the column is filled."""
    return Rule(
        code=f"{column}_present",
        category=Category.MISSING_REQUIRED_FIELD,
        column=column,
        holds=pl.col(raw_name(column)).is_not_null(),
        sentence=f"{column} is filled.",
        message=f"{column} is missing",
        breaks={column: ""},
    )


def not_negative(column: str, mart_name: str) -> pl.Expr:
    """Return whether an amount is zero or more; one that is below zero stays so when it is rounded to zero."""
    is_minus_something = pl.col(raw_name(column)).str.contains("-[^0-9]*[0-9.,]*[1-9]")
    return (pl.col(mart_name) >= 0) & ~((pl.col(mart_name) == 0) & is_minus_something)


def readable_rule(column: str, mart_name: str, expected: str, unreadable: str) -> Rule:
    """Return the rule that a filled cell can be read as its type; `unreadable` is an example that can't."""
    return Rule(
        code=f"{column}_readable",
        category=Category.DATA_FORMAT_ERROR,
        column=column,
        holds=pl.when(pl.col(raw_name(column)).is_not_null()).then(pl.col(mart_name).is_not_null()),
        sentence=f"{column} is {expected}.",
        message=f"{column} is {{{column}}}, expected {expected}",
        breaks={column: unreadable},
    )


def _typed(texts: pl.DataFrame, dataset: Dataset) -> pl.DataFrame:
    """Return the rows with missing cells as null and the typed values beside their texts."""
    filled = texts.with_columns(
        present(pl.col(raw_name(column.name)), dataset.null_tokens) for column in dataset.columns
    )
    return filled.with_columns(
        column.kind.read(filled[raw_name(column.name)]).alias(column.mart_name) for column in dataset.columns
    )


def _broken_by(holds: pl.DataFrame, dataset: Dataset) -> dict[Rule, pl.Series]:
    """Return the broken rules, each with its row mask, True where the row breaks it, as pandera's checks report it.

    Args:
        holds: One column per rule under its code: True, False, or null where the rule is not evaluated.
    """
    if holds.is_empty():
        return {}
    holds_everywhere = holds.select(pl.all().fill_null(True).all()).row(0, named=True)
    suspects = tuple(rule for rule in dataset.rules if not holds_everywhere[rule.code])
    try:
        _schema(suspects).validate(holds, lazy=True)
    except SchemaErrors as errors:
        masks = {}
        for error in errors.schema_errors:
            if error.reason_code is not SchemaErrorReason.DATAFRAME_CHECK or error.check_output is None:
                raise
            masks[str(error.check.name)] = ~error.check_output["check_output"]
        return {rule: masks[rule.code] for rule in suspects}
    return {}


@lru_cache(maxsize=256)
def _schema(rules: tuple[Rule, ...]) -> pa.DataFrameSchema:
    """Return rules as a pandera schema whose checks report under the rules' codes.

    Only those that some row breaks are worth a check: each costs pandera most of a millisecond, whatever the rows, and
    a person who corrects one cell waits for it. A check is of the frame, with one stored failure case: pandera's column
    checks would copy every failed row into a Python dict. What is not evaluated passes.
    """
    return pa.DataFrameSchema(
        checks=[pa.Check(_check(rule.code), name=rule.code, error=rule.code, n_failure_cases=1) for rule in rules]
    )


def _check(code: str) -> Callable[[PolarsData], pl.LazyFrame]:
    return lambda data: data.lazyframe.select(pl.col(code).fill_null(True))


def _findings(rows: pl.DataFrame, rule: Rule, broken: pl.Series) -> pl.DataFrame:
    value = pl.col(raw_name(rule.column)) if rule.column else pl.lit(None, pl.String)
    return rows.filter(broken).select(
        "line",
        rule=pl.lit(rule.code),
        category=pl.lit(str(rule.category)),
        severity=pl.lit(str(rule.severity)),
        column=pl.lit(rule.column),
        value=value,
        message=_message(rule.message, rows.columns),
    )


def _message(template: str, columns: list[str]) -> pl.Expr:
    """Return the message with each `{csv column}` replaced by the row's own text, at most 200 characters of it."""
    parts = template.replace("}", "{").split("{")
    return pl.concat_str(
        pl.lit(part)
        if position % 2 == 0
        else pl.col(raw_name(part) if raw_name(part) in columns else part)
        .cast(pl.String)
        .str.head(200)
        .fill_null("(missing)")
        for position, part in enumerate(parts)
    )


def _any_row(masks: Iterable[pl.Series], height: int) -> pl.Series:
    result = pl.repeat(False, height, dtype=pl.Boolean, eager=True)
    for mask in masks:
        result = result | mask
    return result


def _passed(rows: pl.DataFrame, dataset: Dataset) -> pl.DataFrame:
    values = dataset.value_columns
    key = pl.col(*dataset.key) if len(dataset.key) == 1 else pl.struct(dataset.key or values)
    return rows.select(
        *values,
        "extra",
        "line",
        "byte_start",
        "byte_length",
        key_hash=key.hash(),
        row_hash=pl.struct(*values, "extra").hash() if dataset.repeat_rule else pl.lit(0, pl.UInt64),
    )


def _held(texts: pl.DataFrame, rows: pl.DataFrame, dataset: Dataset) -> pl.DataFrame:
    return rows.select(
        "line",
        "byte_start",
        "byte_length",
        raw_text=pl.lit(None, pl.String),
        cells=texts.select(cells_json(dataset)).to_series(),
        extra=texts["extra"],
        typed=typed_json(dataset),
        stage=pl.lit("validation"),
    )


def cells_json(dataset: Dataset) -> pl.Expr:
    """Return the raw cells of a row as a JSON object by CSV column."""
    cells = pl.struct(pl.col(raw_name(column.name)).fill_null("").alias(column.name) for column in dataset.columns)
    return cells.struct.json_encode()


def typed_json(dataset: Dataset) -> pl.Expr:
    """Return the readable values of a row as a JSON object of texts by mart column."""
    return pl.struct(pl.col(name).cast(pl.String) for name in dataset.value_columns).struct.json_encode()


def _with_category(held: pl.DataFrame, findings: pl.DataFrame) -> pl.DataFrame:
    """Return the held rows with their primary category, the first one in the declared order."""
    primary = (
        findings.lazy()
        .filter(pl.col("severity") == str(Severity.ERROR))
        .select("line", "category", rank=pl.col("category").replace_strict(CATEGORY_RANK, return_dtype=pl.Int8))
        .sort("rank")
        .group_by("line")
        .agg(pl.col("category").first())
        .collect()
    )
    return held.join(primary, on="line", how="left", maintain_order="left").select(HELD_SCHEMA.keys())


def _tallies(holds: pl.DataFrame, broken_by: dict[Rule, pl.Series]) -> dict[str, Tally]:
    failed = {rule.code: int(broken.sum()) for rule, broken in broken_by.items()}
    return {
        code: Tally(tested=holds.height - holds[code].null_count(), failed=failed.get(code, 0))
        for code in holds.columns
    }


def _record_tallies(batch: Batch) -> dict[str, Tally]:
    failed = [record.rule for record in batch.broken]
    return {
        rule.code: Tally(tested=batch.rows.height + failed.count(rule.code), failed=failed.count(rule.code))
        for rule in RECORD_RULES
    }


def _record_findings(broken: tuple[BrokenRecord, ...]) -> pl.DataFrame:
    rules = {rule.code: rule for rule in RECORD_RULES}
    return pl.DataFrame(
        [
            (
                record.line,
                record.rule,
                str(rules[record.rule].category),
                str(Severity.ERROR),
                "",
                None,
                rules[record.rule].message.format(found=record.fields, expected=record.expected_fields),
            )
            for record in broken
        ],
        schema=FINDING_SCHEMA,
        orient="row",
    )


def _broken_rows(broken: tuple[BrokenRecord, ...]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            (
                record.line,
                record.byte_start,
                record.byte_length,
                record.content.decode("utf-8", "backslashreplace").replace("\0", "\\x00"),
                None,
                None,
                None,
                "reading",
                str(Category.DATA_FORMAT_ERROR),
            )
            for record in broken
        ],
        schema=HELD_SCHEMA,
        orient="row",
    )
