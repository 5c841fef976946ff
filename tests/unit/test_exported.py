"""Links to tables name their number of rows as people do."""

import pytest

from dashboard.formats import many
from dashboard.parts.exported import csv_link


@pytest.mark.parametrize(
    ("number", "told"),
    [(0, "0 rows of Sales orders"), (1, "1 row of Sales orders"), (1200, "1,200 rows of Sales orders"),
     ("all", "all rows of Sales orders")],
)  # fmt: skip
def test_a_link_names_one_row_and_many(number: int | str, told: str) -> None:
    assert f">CSV of {told}<" in csv_link("/export/a/b.csv", number, "rows of Sales orders")


def test_one_thing_has_no_s() -> None:
    assert [many(1, "held row"), many(2, "row")] == ["1 held row", "2 rows"]
