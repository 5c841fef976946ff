"""What is usual by its own history."""

import pytest

from flows.core.history import MIN_HISTORY, Standing, Usual, standing, usual


def test_nothing_is_usual_after_a_few_values() -> None:
    assert usual([1.0] * (MIN_HISTORY - 1), least=1) is None
    assert standing(1.0, None) is Standing.TOO_FEW


def test_one_odd_value_does_not_move_what_is_usual() -> None:
    assert usual([10, 11, 12, 11, 10, 11, 900], least=1) == Usual(median=11, low=7, high=15)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(100, Standing.USUAL), (109, Standing.USUAL), (111, Standing.ABOVE), (89, Standing.BELOW)],
)
def test_a_history_of_equal_values_lets_a_value_be_a_little_off(value: float, expected: Standing) -> None:
    assert standing(value, usual([100] * 5, least=10)) is expected


def test_the_range_of_a_share_ends_at_one() -> None:
    known = usual([1, 1, 0.9, 1, 1], least=0.02, most=1)
    assert known == Usual(median=1, low=0.98, high=1)


def test_the_range_of_a_measure_ends_at_zero() -> None:
    known = usual([0, 0, 0.1, 0, 0], least=0.02)
    assert known is not None
    assert known.low == 0
