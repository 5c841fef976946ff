"""Held rows by what can be read in them; the figures of what waits are of the same rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import CTE, Boolean, ColumnElement, Date, Select, and_, cast, column, func, select, table, true

from flows.core.dataset import Dataset
from flows.core.errors import MistakeError
from flows.core.held import NO, PERHAPS, WAITS, HeldFilter, HeldFilters

Values = Sequence[tuple[str, str]]
"""Names of filters with what they want."""
RANGE = ".."


@dataclass(frozen=True, slots=True, kw_only=True)
class Among:
    """The first so many exceptions after a number."""

    after: int
    at_most: int


def exceptions_that_say(
    dataset: Dataset | None, values: Values, *, is_open: bool, among: Among | None = None
) -> Select[Any]:
    """Return the statement of the numbers of the exceptions that fit every filter.

    Args:
        is_open: Whether only open ones are wanted, which is much quicker.
        among: Look only at some of those that fit whatever waits.

    Raises:
        MistakeError: The dataset has no such filter, or it can't have such a value.
    """
    chosen, declared = _checked(dataset, values)
    names = [declared.key, declared.amount, *(one.name for one in declared.columns)]
    columns = [column("exception_id"), column("is_open", Boolean), *map(column, dict.fromkeys(names))]
    held = table("held_rows", *columns, schema=chosen.name).c
    told = dict(values)
    waits = told.get(WAITS)
    fits = and_(true(), *_conditions(declared.columns, told, held))
    found = select(held.exception_id).where(fits.is_(None) if waits == PERHAPS else fits)
    if waits is None:
        return found.where(held.is_open) if is_open else found
    some = found.where(held.is_open).add_columns(held[declared.key].label("key"), held[declared.amount].label("amount"))
    if among is not None:
        some = some.where(held.exception_id > among.after).order_by(held.exception_id).limit(among.at_most)
    return _waiting(chosen, some.cte("fitting"), waits != NO)


def _waiting(dataset: Dataset, fitting: CTE, is_waiting: bool) -> Select[Any]:
    """Return those whose amount waits, or those whose does not; keys are looked up at once, in their order."""
    key, amount = fitting.c.key, fitting.c.amount
    keys = func.array(select(key).where(amount >= 0).order_by(key).scalar_subquery())
    loaded = getattr(func, dataset.name).loaded_among(keys).column_valued("loaded")
    waits = func.coalesce(and_(amount >= 0, key.not_in(select(loaded))), False)
    return select(fitting.c.exception_id).where(waits if is_waiting else ~waits)


def _checked(dataset: Dataset | None, values: Values) -> tuple[Dataset, HeldFilters]:
    declared = dataset.held_filters if dataset else None
    if dataset is None or declared is None:
        raise MistakeError(f"to filter by {values[0][0]}, name a dataset whose held rows have it, such as sales_orders")
    if len(dict(values)) < len(values):
        raise MistakeError("each value of held rows can be filtered by once")
    for name, value in values:
        if name not in declared.names:
            raise MistakeError(
                f"held rows of {dataset.title} can't be filtered by {name!r}, only by {', '.join(declared.names)}"
            )
        if name == WAITS and value not in declared.waits_words:
            raise MistakeError(f"{WAITS} can't be {value!r}; it is one of {', '.join(declared.waits_words)}")
    return dataset, declared


def _conditions(columns: Sequence[HeldFilter], told: dict[str, str], held: Any) -> Iterator[ColumnElement[bool]]:
    """Yield a condition per filter; `held` is Any since SQLAlchemy's tables have columns by name."""
    for one in columns:
        if one.name not in told:
            continue
        if one.kind == "text":
            yield held[one.name] == told[one.name]
            continue
        first, is_range, last = told[one.name].partition(RANGE)
        if first:
            yield held[one.name] >= cast(_day(first), Date)
        if last or not is_range:
            yield held[one.name] <= cast(_day(last if is_range else first), Date)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise MistakeError(f"{text!r} is no day; write it as 2026-01-31, a range as 2026-01-01..2026-01-31") from None
