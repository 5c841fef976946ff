"""How text becomes a value."""

from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from flows.core.kinds import Choice, Day, Money, Text, WholeNumber, present


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("Rp 4.874", "4874"),
        ("Rp. 6.500,00", "6500"),
        ("75,00", "75"),
        ("8092.160000000001", "8092.16"),
        ("5000,-", "5000"),
        ("IDR 75.000", "75000"),
        ("75.000 inr", "75000"),
        ("1.234.567", "1234567"),
        ("1,234,567.5", "1234567.50"),
        ("-12.5", "-12.50"),
        ("+7", "7"),
        ("1 250", "1250"),
        ("0.0050", "0.01"),
        ("10.00499", "10.00"),
        ("-10.00500", "-10.01"),
        ("999999999999999.99", "999999999999999.99"),
    ],
)
def test_money_is_read_exactly(text: str, amount: str) -> None:
    assert Money().read(pl.Series([text])).to_list() == [Decimal(amount).quantize(Decimal("0.01"))]


@pytest.mark.parametrize(
    "text",
    [
        "inf",
        "nan",
        "1e5",
        "1.23.456",
        "1234,567",
        "12,3456",
        "0,125",
        "--5",
        "5-",
        "abc",
        "1,2,3",
        "9" * 16,
        "5 or 6",
        "0.125",
        "1234.567",
        "٣٠٠",
        "₹ ٣٠٠",
    ],
)
def test_money_that_is_not_certain_is_unreadable(text: str) -> None:
    assert Money().read(pl.Series([text])).to_list() == [None]


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-31",
        "2026-01-31 23:59:45.645053",
        "2026-01-31T23:59:59+05:30",
        "2026-01-31T00:00:00Z",
        "31-01-2026",
        "31/01/2026",
        "31/01/2026 08:00",
    ],
)
def test_a_day_is_the_day_that_is_written(text: str) -> None:
    assert Day().read(pl.Series([text])).to_list() == [date(2026, 1, 31)]


@pytest.mark.parametrize(
    "text",
    ["2026-02-30", "31-01/2026", "01/31/2026", "2026-01-31 25:00", "2026/01/31", "0000-01-01", "20260131", "yesterday"],
)
def test_what_is_no_day_is_unreadable(text: str) -> None:
    assert Day().read(pl.Series([text])).to_list() == [None]


@pytest.mark.parametrize(("text", "amount"), [("1,05,366.57", "105366.57"), ("₹ 1,23,456", "123456.00")])
def test_money_is_grouped_in_twos_for_rupees_alone(text: str, amount: str) -> None:
    assert Money(groups_in_twos=True).read(pl.Series([text])).to_list() == [Decimal(amount)]
    assert Money().read(pl.Series([text])).to_list() == [None]


def test_iso_and_day_first_stand_in_one_column() -> None:
    assert Day().read(pl.Series(["2026-01-31", "01-02-2026", None])).to_list() == [
        date(2026, 1, 31),
        date(2026, 2, 1),
        None,
    ]


def test_a_whole_number_has_no_fraction() -> None:
    texts = pl.Series(["5", "5.0", "5.5", "-3", "1234567890", "+4", None, "1,000"])

    assert WholeNumber().read(texts).to_list() == [5, 5, None, -3, None, 4, None, None]


def test_a_choice_is_stored_in_its_canonical_form() -> None:
    assert Choice(("North", "South")).read(pl.Series(["NORTH", "Nowhere", None])).to_list() == [
        "North",
        "Nowhere",
        None,
    ]


def test_text_that_is_too_long_is_unreadable() -> None:
    assert Text(3).read(pl.Series(["abc", "abcd"])).to_list() == ["abc", None]


def test_blanks_and_null_tokens_are_missing() -> None:
    texts = pl.DataFrame({"text": [" a ", "", "  ", "null", "n/a", "-", "\u00a0"]})

    assert texts.select(present(pl.col("text"), ("NULL", "N/A"))).to_series().to_list() == [
        "a",
        None,
        None,
        None,
        None,
        "-",
        None,
    ]
