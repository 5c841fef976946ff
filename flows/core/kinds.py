"""How the text of a cell becomes a value: one explicit reader per kind of column, never a guess.

Each reader gives null for text that it can't read; the judging turns `text present, value null` into a finding,
so that nothing becomes null in silence.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import polars as pl


class Kind(Protocol):
    """A kind of column: reads stripped texts (null = missing) as typed values (null = missing or unreadable)."""

    @property
    def expected(self) -> str:
        """What a readable text looks like, for people."""

    @property
    def postgres_type(self) -> str:
        """The type of the mart's column."""

    def read(self, texts: pl.Series) -> pl.Series:
        """Return the values of the texts, null where missing or unreadable."""


@dataclass(frozen=True, slots=True)
class Text:
    """Text without its outer blanks; longer than `max_characters` is unreadable (an index can't hold it)."""

    max_characters: int | None = None
    postgres_type: str = "text"

    @property
    def expected(self) -> str:
        return "text" if self.max_characters is None else f"text of at most {self.max_characters:,} characters"

    def read(self, texts: pl.Series) -> pl.Series:
        if self.max_characters is None:
            return texts
        return _where(texts.str.len_chars() <= self.max_characters, texts)


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few values; case does not matter, the canonical form is stored. Other text stays as it is."""

    values: tuple[str, ...]
    postgres_type: str = "text"

    @property
    def expected(self) -> str:
        return "one of " + ", ".join(self.values)

    def read(self, texts: pl.Series) -> pl.Series:
        folded = texts.str.to_lowercase()
        canonical = folded.replace_strict(
            [value.lower() for value in self.values], self.values, default=None, return_dtype=pl.String
        )
        return canonical.fill_null(texts)


@dataclass(frozen=True, slots=True)
class WholeNumber:
    """A whole number of at most 9 digits, so that no sum overflows; `5.0` is 5, `5.5` is unreadable."""

    expected: str = "a whole number of at most 9 digits such as 12"
    postgres_type: str = "integer"

    def read(self, texts: pl.Series) -> pl.Series:
        readable = texts.str.contains(r"^[+-]?[0-9]{1,9}(?:\.0+)?$")
        digits = _where(readable, texts).str.strip_prefix("+")
        if digits.str.contains(".", literal=True).any():
            digits = digits.str.replace(r"\..*$", "")
        return digits.cast(pl.Int64)


_TIME = (
    r"(?:[T ](?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:[.,][0-9]+)?)?(?: ?(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?))?)?"
)


@dataclass(frozen=True, slots=True)
class Day:
    """A calendar day: ISO date or date-time, or day first with `-` or `/`. The day that is written is kept."""

    expected: str = "a date such as 2026-01-31, 31-01-2026 or 31/01/2026, with or without a time"
    postgres_type: str = "date"

    def read(self, texts: pl.Series) -> pl.Series:
        iso = _where(texts.str.contains(rf"^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}{_TIME}$"), texts)
        days = _common_era(iso.str.head(10).str.to_date("%Y-%m-%d", strict=False))
        if days.null_count() == texts.null_count():
            return days
        day_first = _where(texts.str.contains(rf"^[0-9]{{2}}(?:-[0-9]{{2}}-|/[0-9]{{2}}/)[0-9]{{4}}{_TIME}$"), texts)
        other = day_first.str.head(10).str.replace_all("/", "-", literal=True)
        return days.fill_null(_common_era(other.str.to_date("%d-%m-%Y", strict=False)))


def _common_era(days: pl.Series) -> pl.Series:
    """Return days of the years 1 to 9999; PostgreSQL knows no year 0."""
    return _where(days.dt.year() > 0, days)


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount of money, kept with two decimals, rounded half away from zero.

    Currency words and signs, blanks and a trailing `,-` are taken off. Where both `.` and `,` stand, the last one
    is the decimal mark; one that stands once is a decimal mark before 1 or 2 digits and groups before 3; one that
    is repeated groups in threes. A `.` before 4 or more digits can group nothing: it is the decimal mark of a
    computed number such as `8092.160000000001`.

    Attributes:
        groups_in_twos: Whether commas may group as in India: `1,05,366.57`.
    """

    groups_in_twos: bool = False
    expected: str = "an amount such as 1250, 1,250.50 or 1.250,50"
    postgres_type: str = "numeric(18,2)"

    def read(self, texts: pl.Series) -> pl.Series:
        plain = texts.str.contains(r"^-?[0-9]{1,15}(?:\.[0-9]{1,2})?$")
        values = _where(plain, texts).cast(pl.Decimal(18, 2), strict=False)
        if values.null_count() == texts.null_count():
            return values
        other = _where(~plain, texts)
        by_comma = f"{_GROUPED_BY_COMMA}|{_GROUPED_IN_TWOS}" if self.groups_in_twos else _GROUPED_BY_COMMA
        return values.fill_null(_rounded(_decimal_text(other, by_comma)))


_CURRENCY = r"(?:rp\.?|inr|idr|₹)"
_GROUPED_BY_POINT = r"[1-9][0-9]{0,2}(?:\.[0-9]{3})+"
_GROUPED_BY_COMMA = r"[1-9][0-9]{0,2}(?:,[0-9]{3})+"
_GROUPED_IN_TWOS = r"[1-9][0-9]?(?:,[0-9]{2})+,[0-9]{3}"


def _decimal_text(texts: pl.Series, by_comma: str) -> pl.Series:
    """Return amounts as `-123.45`, whatever their grouping; null where that is not certain.

    Args:
        by_comma: Pattern of whole amounts that commas group.
    """
    bare = (
        pl.col("text")
        .str.replace(rf"(?i)^([+-]?)\s*{_CURRENCY}", "$1")
        .str.replace(rf"(?i)\s*{_CURRENCY}$", "")
        .str.replace(r",-$", "")
        .str.replace_all(r"\s+", "")
    )
    sign, amount = bare.str.extract(r"^([+-]?)"), bare.str.replace(r"^[+-]", "")
    without_points, without_commas = (amount.str.replace_all(mark, "", literal=True) for mark in ".,")
    ungrouped = (
        pl.when(amount.str.contains(r"^[0-9]+(?:\.[0-9]{1,2})?$"))
        .then(amount)
        .when(amount.str.contains(r"^[0-9]+,[0-9]{1,2}$"))
        .then(amount.str.replace(",", ".", literal=True))
        .when(amount.str.contains(rf"^(?:{_GROUPED_BY_POINT})$"))
        .then(without_points)
        .when(amount.str.contains(rf"^(?:{by_comma})$"))
        .then(without_commas)
        .when(amount.str.contains(rf"^(?:{_GROUPED_BY_POINT}),[0-9]+$"))
        .then(without_points.str.replace(",", ".", literal=True))
        .when(amount.str.contains(rf"^(?:{by_comma})\.[0-9]+$"))
        .then(without_commas)
        .when(amount.str.contains(r"^[0-9]+\.[0-9]{4,}$"))
        .then(amount)
    )
    return texts.to_frame("text").select(sign.str.replace("+", "", literal=True) + ungrouped).to_series()


def _rounded(amounts: pl.Series) -> pl.Series:
    """Return decimal texts with two decimals, rounded half away from zero; null beyond 15 digits before the point."""
    whole = pl.col("text").str.extract(r"^-?0*([0-9]{1,15})(?:\.|$)").cast(pl.Int64)
    fraction = pl.col("text").str.extract(r"\.([0-9]+)$").fill_null("").str.pad_end(3, "0")
    hundredths = whole * 100 + fraction.str.head(2).cast(pl.Int64) + (fraction.str.slice(2, 1) >= "5").cast(pl.Int64)
    signed = pl.when(pl.col("text").str.starts_with("-")).then(-hundredths).otherwise(hundredths)
    return amounts.to_frame("text").select(from_hundredths(signed)).to_series()


def from_hundredths(hundredths: pl.Expr) -> pl.Expr:
    """Return whole hundredths (paise, cents) as decimals of the unit, exactly."""
    return (hundredths.cast(pl.Decimal(38, 2)) / 100).cast(pl.Decimal(18, 2))


def present(texts: pl.Expr, null_tokens: Sequence[str]) -> pl.Expr:
    """Return texts without outer blanks; null where nothing or a null token stands."""
    tokens = "|".join(re.escape(token) for token in null_tokens)
    return pl.when(~texts.str.contains(rf"(?i)^\s*(?:{tokens})?\s*$")).then(texts.str.strip_chars())


def _where(mask: pl.Series, values: pl.Series) -> pl.Series:
    """Return the values where the mask is true, null elsewhere."""
    if mask.all(ignore_nulls=True):
        return values
    kept = values.to_frame("value").select(pl.when(mask).then(pl.col("value"))).to_series()
    return kept.alias(values.name)
