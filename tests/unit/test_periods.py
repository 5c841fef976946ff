"""Periods of the sales page."""

from datetime import date

from dashboard.pages.sales.period import ALL, days_between, periods, whole_months_between

FIRST, TODAY = date(2025, 11, 1), date(2026, 11, 26)
FAR = date(9999, 12, 31)


def test_periods_are_counted_back_from_the_last_day_with_orders() -> None:
    told = periods(FIRST, date(2026, 3, 10), TODAY)
    assert told[ALL] == (None, None)
    assert told["Last 7 days"] == (date(2026, 3, 4), date(2026, 3, 10))
    assert told["March 2026"] == (date(2026, 3, 1), date(2026, 3, 31))
    assert told["Year 2025"] == (date(2025, 1, 1), date(2025, 12, 31))


def test_an_order_far_ahead_moves_no_period() -> None:
    assert periods(FIRST, FAR, TODAY) == periods(FIRST, TODAY, TODAY)


def test_orders_that_all_lie_ahead_have_periods_of_their_own() -> None:
    assert periods(FAR, FAR, TODAY)["Last 7 days"] == (date(9999, 12, 25), FAR)


def test_without_orders_there_are_all_days_only() -> None:
    assert list(periods(None, None, TODAY)) == [ALL]


def test_every_day_and_every_whole_month_of_a_period_is_there() -> None:
    assert days_between(date(2026, 2, 27), date(2026, 3, 1)) == [date(2026, 2, 27), date(2026, 2, 28), date(2026, 3, 1)]
    assert days_between(date(2026, 3, 1), date(2026, 2, 1)) == []
    months = [date(2025, 12, 1), date(2026, 1, 1)]
    assert whole_months_between(date(2025, 11, 2), date(2026, 1, 31), 60) == months
    assert whole_months_between(date(2025, 11, 2), date(2026, 2, 27), 60) == months
    assert whole_months_between(date.min, date(2026, 1, 31), 2) == months
    assert whole_months_between(date(9999, 12, 1), date.max, 60) == [date(9999, 12, 1)]
    assert whole_months_between(date(2026, 1, 2), date(2026, 1, 30), 60) == []
