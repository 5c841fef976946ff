"""What a dataset declares: everything the engine needs to know about one kind of CSV."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Literal

import polars as pl

from flows.core.errors import MistakeError
from flows.core.held import HeldFilters
from flows.core.kinds import Kind
from flows.core.rules import RECORD_RULES, Rule, Severity, fingerprint
from flows.core.views import View

LINEAGE = ("run_id", "line", "byte_start", "byte_length")
"""Columns of every mart row: the run that read it, its first physical line, its byte range in the file as UTF-8."""
_POLARS_TYPES: Mapping[str, pl.DataType] = {
    "text": pl.String(),
    "json": pl.String(),
    "date": pl.Date(),
    "integer": pl.Int32(),
    "numeric(18,2)": pl.Decimal(18, 2),
    "numeric(18,6)": pl.Decimal(18, 6),
}


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Subset:
    """Rows that a figure is about, and that no filter of columns can name.

    Attributes:
        title: How people call them.
        condition: Query in `sql/<dataset>/queries` that is a condition over a row of the mart.
    """

    name: str
    title: str
    condition: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Dataset:
    """A kind of CSV.

    Attributes:
        name: Prefix in the landing bucket and schema in the database.
        key: Mart columns that name a row; empty where rows have no key.
        sortable: Mart columns without missing values by which rows are sorted and filtered at once, however many
            there are; each begins an index that ends with the key.
        matched_by: CSV columns by which rows of two versions of a file match, with their occurrence in the file;
            only without a key.
        duplicate_rule: Rule under which a later row of a known key is held; only with a key.
        repeat_rule: Warning for a row that repeats one of its own file exactly; only without a key.
        held_filters: By which values people look for held rows, if there is a view `held_rows`.
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
    sortable: tuple[str, ...] = ()
    matched_by: tuple[str, ...] = ()
    duplicate_rule: Rule | None = None
    repeat_rule: Rule | None = None
    held_filters: HeldFilters | None = None
    null_tokens: tuple[str, ...] = ("NULL", "N/A", "NaN")
    enrich: Callable[[pl.DataFrame, Context], pl.DataFrame] = lambda rows, _: rows
    references: tuple[str, ...] = ()
    file_warnings: Callable[[str], tuple[str, ...]] = lambda _: ()
    aggregates: tuple[Aggregate, ...] = ()
    settle_query: str | None = None
    views: tuple[View, ...] = ()
    reports: tuple[Report, ...] = ()
    subsets: tuple[Subset, ...] = ()
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

    @cached_property
    def mart_schema(self) -> dict[str, pl.DataType]:
        """Types of `mart_columns` in frames; `extra` and `run_id` are texts there."""
        empty = pl.Series([], dtype=pl.String)
        return {
            **{column.mart_name: column.kind.read(empty).dtype for column in self.columns},
            **{column.name: _POLARS_TYPES[column.postgres_type] for column in self.derived},
            "extra": pl.String(),
            "run_id": pl.String(),
            "line": pl.Int64(),
            "byte_start": pl.Int64(),
            "byte_length": pl.Int64(),
        }

    @cached_property
    def postgres_types(self) -> dict[str, str]:
        """Types of `mart_columns` in the database."""
        return {
            **{column.mart_name: column.kind.postgres_type for column in self.columns},
            **{column.name: column.postgres_type for column in self.derived},
            "extra": "json",
            "run_id": "uuid",
            "line": "bigint",
            "byte_start": "bigint",
            "byte_length": "bigint",
        }

    @cached_property
    def lenient(self) -> "Dataset":
        """The same dataset with the rules that may be waived as warnings."""
        return replace(
            self,
            rules=tuple(
                replace(rule, severity=Severity.WARNING) if rule.may_be_waived else rule for rule in self.rules
            ),
        )

    def column(self, name: str) -> Column:
        """Return the CSV column of that name, compared as header names are.

        Raises:
            MistakeError: There is none.
        """
        folded = name.replace("_", " ").strip().lower()
        for column in self.columns:
            if folded in (column.name.replace("_", " "), column.mart_name.replace("_", " ")):
                return column
        raise MistakeError(
            f"{self.name} has no column {name!r}; it has {', '.join(column.name for column in self.columns)}"
        )

    def rule(self, code: str) -> Rule:
        """Return the rule of that code."""
        return next(rule for rule in self.all_rules if rule.code == code)
