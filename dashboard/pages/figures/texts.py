"""How columns and values of declared views are told."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from dashboard import formats
from flows.core.views import View

CURRENCIES = ("INR", "IDR")


def words(column: str) -> str:
    """Return a column's name as people read it; a currency is told with the amounts."""
    return column.removesuffix(f"_{_currency(column).lower()}").replace("_", " ").capitalize()


def measured(view: View) -> str:
    """Return what a view measures, with its unit where the amounts do not tell it."""
    name = words(view.y)
    is_told = view.unit.startswith(CURRENCIES) or view.unit.lower() in name.lower()
    return name if is_told else f"{name}, {view.unit}"


def told(value: Any, column: str, view: View) -> str:  # Any: whatever a database holds
    """Return a value of a view's row; the last word of a column's name is its unit."""
    if value is None:
        return formats.NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float | Decimal):
        unit = view.unit if column == view.y else _currency(column)
        return formats.amount(Decimal(str(value)), unit)
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return formats.day(value) if isinstance(value, date) else str(value)


def _currency(column: str) -> str:
    last = column.rpartition("_")[2].upper()
    return last if last in CURRENCIES else ""
