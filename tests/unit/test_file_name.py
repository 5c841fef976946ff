"""What a telco file name says."""

from datetime import date

import pytest

from flows.datasets.telco_packages.file_name import FileName, read_file_name, warnings
from flows.datasets.telco_packages.transform import area_of


@pytest.mark.parametrize(
    "name", ["Indosat_Medan_more3_jaksel8_20260102.csv", "Indosat_Medan_more3_20260102_jaksel8.CSV"]
)
def test_both_patterns_are_read(name: str) -> None:
    assert read_file_name(name) == FileName(
        stem=name[:-4],
        operator="Indosat",
        city="Medan",
        line_of_service="more_than_3_months",
        file_date=date(2026, 1, 2),
    )


def test_the_first_real_date_counts() -> None:
    assert read_file_name("Tri_Jakarta_20261399_20260102_20270101.csv").file_date == date(2026, 1, 2)


def test_eight_digits_that_are_no_date_are_no_city() -> None:
    name = read_file_name("20261399_Tri_less3_Jakarta.csv")

    assert (name.operator, name.city, name.file_date) == ("Tri", "Jakarta", None)


def test_a_name_without_a_date_is_warned_of() -> None:
    assert "landing day" in warnings("Tri_Jakarta_less3.csv")[0]
    assert warnings("Tri_Jakarta_less3_20260102.csv") == ()


@pytest.mark.parametrize(
    ("city", "area"), [("Medan", 1), ("JAKARTA", 2), ("Jak-tim", 3), ("Jakarta Selatan", 4), ("Makassar", 4)]
)
def test_the_area_is_of_the_letters_of_the_city(city: str, area: int) -> None:
    assert area_of(city) == area
