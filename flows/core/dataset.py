"""What a dataset declares: everything the engine needs to know about one kind of CSV."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Literal

import polars as pl

from flows.core.kinds import Kind
from flows.core.rules import RECORD_RULES, Rule, fingerprint
from flows.core.views import View

LINEAGE = ("run_id", "line", "byte_start", "byte_length")
"""Columns of every mart row: the run that read it, its first physical line, its byte range in the file as UTF-8."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of the CSV.

    Attributes:
        name: Header name; case, outer blanks and `_`/blank do not matter.
        mart_name: Name of the typed value in frames, mart and charts; the unit is its last word.
        required: A file without this column is rejected.
    """

    name: str
    mart_name: str
    kind: Kind
    meaning: str
    required: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """One column that is computed from a row's own values."""

    name: str
    postgres_type: str
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a row is judged against besides itself.

    Attributes:
        landed_on: Business day on which the file landed.
        base_name: Last part of the object key.
        references: One frame per declared reference, by name.
    """

    landed_on: date
    base_name: str
    references: Mapping[str, pl.DataFrame] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Aggregate:
    """Figures kept by change: one row per run and group, written to `<dataset>.<table>` with the run's id.

    Attributes:
        group_by: Mart columns.
        measures: One expression per measure, each a sum or a count, so that changes can be added up.
    """

    table: str
    group_by: tuple[str, ...]
    measures: Mapping[str, pl.Expr]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A file for a downstream system: a query in `sql/<dataset>/queries` over one batch, bound to `batch`."""

    name: str
    query: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Dataset:
    """A kind of CSV.

    Attributes:
        name: Prefix in the landing bucket and schema in the database.
        key: Mart columns that name a row; empty where rows have no key.
        duplicate_rule: Rule under which a later row of a known key is held; only with a key.
        repeat_rule: Warning for a row that repeats one of its own file exactly; only without a key.
        identity: What makes a file the same as one in force.
        new_version: What new bytes under a known base name mean.
        mart_table: Row-level table in the dataset's schema.
        derive: Adds the derived columns to typed rows.
        enrich: Adds, before judging, what rules need from the context.
        references: Names of queries in `sql/<dataset>/queries` whose frames the context carries.
        file_warnings: Sentences about the file's name that a person should know.
        settle_query: Query in `sql/<dataset>/queries` that runs in the publishing transaction for what can't be
            added up; bound to `run_id`.
        review_above_share: Share of rows with errors above which a run waits for a person.
        example: Cells of a row that breaks no rule.
        example_name: File name that breaks no convention.
        good_rows: Frames of good texts for samples: rows, seed, today, rows at once.
        sample_names: Names of the files of one sample: seed, today.
        sample_rows: Rows of one sample file.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...]
    derived: tuple[Derived, ...]
    derive: Callable[[pl.DataFrame, Context], pl.DataFrame]
    identity: Literal["bytes", "bytes_and_name"]
    new_version: Literal["append", "replace"]
    mart_table: str
    example: Mapping[str, str]
    example_name: str
    good_rows: Callable[[int, int, date, int], Iterator[pl.DataFrame]]
    key: tuple[str, ...] = ()
    duplicate_rule: Rule | None = None
    repeat_rule: Rule | None = None
    null_tokens: tuple[str, ...] = ("NULL", "N/A", "NaN")
    enrich: Callable[[pl.DataFrame, Context], pl.DataFrame] = lambda rows, _: rows
    references: tuple[str, ...] = ()
    file_warnings: Callable[[str], tuple[str, ...]] = lambda _: ()
    aggregates: tuple[Aggregate, ...] = ()
    settle_query: str | None = None
    views: tuple[View, ...] = ()
    reports: tuple[Report, ...] = ()
    review_above_share: float = 0.5
    sample_rows: int = 5_000
    sample_names: Callable[[int, date], tuple[str, ...]] = lambda seed, _: (f"sample{seed}.csv",)

    @cached_property
    def all_rules(self) -> tuple[Rule, ...]:
        """Every rule of the dataset, in the order in which they are judged."""
        last = tuple(rule for rule in (self.repeat_rule, self.duplicate_rule) if rule is not None)
        return RECORD_RULES + self.rules + last

    @cached_property
    def rule_fingerprint(self) -> str:
        """Sixteen hex digits that name this state of the rules."""
        reading = [(column.name, column.mart_name, repr(column.kind)) for column in self.columns]
        return fingerprint(self.all_rules, repr((reading, self.null_tokens)))

    @cached_property
    def value_columns(self) -> tuple[str, ...]:
        """Mart columns that carry the file's values, in mart order."""
        return tuple(column.mart_name for column in self.columns)

    @cached_property
    def mart_columns(self) -> tuple[str, ...]:
        """Every column that loading writes, in mart order."""
        return (*self.value_columns, *(column.name for column in self.derived), "extra", *LINEAGE)

    def rule(self, code: str) -> Rule:
        """Return the rule of that code."""
        return next(rule for rule in self.all_rules if rule.code == code)
