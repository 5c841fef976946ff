"""Periods that people ask for, counted back from the latest day with orders."""

from calendar import monthrange
from datetime import date, timedelta

OWN = "Own dates"
ALL = "All days"
Period = tuple[date | None, date | None]


def latest_day(first_day: date, last_day: date, today: date) -> date:
    """Return the last day with orders, or today where some lie ahead: a mistyped year must not empty every period."""
    return min(last_day, max(first_day, today))


def periods(first_day: date | None, last_day: date | None, today: date) -> dict[str, Period]:
    """Return periods by name; all days only, where there are no orders."""
    told: dict[str, Period] = {ALL: (None, None)}
    if first_day is None or last_day is None:
        return told
    last_day = latest_day(first_day, last_day, today)
    for days in (7, 30, 90, 365):
        told[f"Last {days} days"] = (last_day - timedelta(days=days - 1), last_day)
    month = last_day.replace(day=1)
    last_of_month_before = month - timedelta(days=1)
    told[f"{month:%B %Y}"] = month_of(month)
    told[f"{last_of_month_before:%B %Y}"] = month_of(last_of_month_before)
    told[f"Year {last_day.year}"] = (date(last_day.year, 1, 1), date(last_day.year, 12, 31))
    if first_day.year < last_day.year:
        told[f"Year {last_day.year - 1}"] = (date(last_day.year - 1, 1, 1), date(last_day.year - 1, 12, 31))
    return told


def month_of(day: date) -> tuple[date, date]:
    """Return the first and the last day of a day's month."""
    return day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])


def is_month(first: date | None, last: date | None) -> bool:
    """Return whether a period is one calendar month."""
    return first is not None and last is not None and (first, last) == month_of(first)


def days_between(first: date, last: date) -> list[date]:
    """Return every day from the first to the last one."""
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def whole_months_between(first: date, last: date, at_most: int) -> list[date]:
    """Return the first day of each month that lies wholly between two days, the latest ones where they are many."""
    begin, end = _number(first) + (first.day > 1), _number(last) + (month_of(last)[1] == last)
    return [date(number // 12, number % 12 + 1, 1) for number in range(max(begin, end - at_most), end)]


def _number(day: date) -> int:
    """Return how many months there were before a day's month."""
    return day.year * 12 + day.month - 1
