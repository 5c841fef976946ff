"""When a file misses the targets of quality."""

import pytest

from flows.core.targets import exceeds_exception_target


@pytest.mark.parametrize(("held", "read", "exceeds"), [(0, 0, False), (4, 100, False), (5, 100, True), (1, 1, True)])
def test_five_percent_held_rows_are_too_many(held: int, read: int, exceeds: bool) -> None:
    assert exceeds_exception_target(held, read) is exceeds
