"""What a rule is: one control, declared once, that says what should hold for a row."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import polars as pl


class Category(StrEnum):
    """Why a row is held; members stand in the order that decides a row's primary category."""

    MISSING_REQUIRED_FIELD = "MISSING_REQUIRED_FIELD"
    DATA_FORMAT_ERROR = "DATA_FORMAT_ERROR"
    BUSINESS_RULE_VIOLATION = "BUSINESS_RULE_VIOLATION"
    DATA_QUALITY_ISSUE = "DATA_QUALITY_ISSUE"


CATEGORY_RANK = {category: rank for rank, category in enumerate(Category)}


class Severity(StrEnum):
    """An error holds its row; a warning loads it and stays visible."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rule:
    """One control.

    Attributes:
        code: Stable name, the sentence that should hold: `quantity_above_zero`.
        column: CSV column that a person would look at; empty where the rule is about the whole record.
        holds: True, False, or null where an operand is missing or unreadable (not evaluated). Sees the raw
            texts as `raw("<csv column>")` and the typed values under their mart names. None where the rule is
            decided outside `judging` (the record's structure, duplicates).
        sentence: What should hold.
        message: What is wrong, with `{csv column}` standing for the row's own text.
        breaks: Cells that make the dataset's example row break this rule.
    """

    code: str
    category: Category
    sentence: str
    message: str
    column: str = ""
    holds: pl.Expr | None = None
    severity: Severity = Severity.ERROR
    may_be_waived: bool = False
    breaks: Mapping[str, str] = field(default_factory=dict)


def raw(column: str) -> pl.Expr:
    """Return the text of a CSV column as it stands in the file; null where it is missing."""
    return pl.col(raw_name(column))


def raw_name(column: str) -> str:
    """Return the name under which a frame carries the raw text of a CSV column."""
    return f"raw_{column}"


def fingerprint(rules: Iterable[Rule], reading: str) -> str:
    """Return 16 hex digits that change when any rule, its wording, its order, or the reading of cells changes."""
    digest = hashlib.sha256(reading.encode())
    for rule in rules:
        told = [rule.code, rule.category, rule.severity, rule.may_be_waived, rule.sentence, rule.message]
        digest.update(json.dumps(told).encode())
        digest.update(b"" if rule.holds is None else rule.holds.meta.serialize())
    return digest.hexdigest()[:16]


RECORD_RULES = (
    Rule(
        code="record_has_every_field",
        category=Category.DATA_FORMAT_ERROR,
        sentence="A record has as many fields as the header.",
        message="the record has {found} fields, the header has {expected}",
    ),
    Rule(
        code="record_is_well_quoted",
        category=Category.DATA_FORMAT_ERROR,
        sentence="A quote stands around a whole field, is doubled inside, and is closed within 1 MiB and 100 lines.",
        message="a quote stands inside an unquoted field, or a quoted field is not closed",
    ),
    Rule(
        code="record_is_utf8",
        category=Category.DATA_FORMAT_ERROR,
        sentence="The bytes of a record are UTF-8 text.",
        message="the record holds bytes that are not UTF-8; save the file as UTF-8",
    ),
    Rule(
        code="record_has_no_nul",
        category=Category.DATA_FORMAT_ERROR,
        sentence="A record holds no NUL byte.",
        message="the record holds a NUL byte",
    ),
    Rule(
        code="record_within_1_mib",
        category=Category.DATA_FORMAT_ERROR,
        sentence="A record is at most 1 MiB long.",
        message="the record is longer than 1 MiB",
    ),
)
"""The rules of every dataset about a record's structure; judged while reading, alone."""
