"""What is derived from a telco package."""

from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from flows.core.dataset import Context
from flows.datasets.telco_packages.transform import derive

THRESHOLDS = pl.DataFrame(
    {
        "operator": [None, "Tri", None],
        "starts_on": [date(1, 1, 1), date(2025, 1, 1), date(2026, 6, 1)],
        "medium_from_idr": [Decimal(35000), Decimal(10), Decimal(40000)],
        "high_from_idr": [Decimal(75000), Decimal(20), Decimal(80000)],
    }
)


def derived(file_name: str = "XL_Medan_less3_20260115.csv", **cells: Any) -> dict[str, Any]:
    row = {
        "commercial_name": "Brand",
        "package_name": "Package",
        "main_detail": None,
        "package_description": None,
        "benefit_detail": None,
        "benefit_app": None,
        "price_idr": Decimal("50000.00"),
        "validity": None,
    } | cells
    schema = {name: pl.Decimal(18, 2) if name == "price_idr" else pl.String for name in row}
    context = Context(landed_on=date(2026, 11, 22), base_name=file_name, references={"price_thresholds": THRESHOLDS})
    return derive(pl.DataFrame([row], schema=schema), context).row(0, named=True)


@pytest.mark.parametrize(
    ("cells", "days"),
    [
        ({"package_name": "Data 1GB, 30Hr"}, 30),
        ({"package_name": "Mini 7 hari"}, 7),
        ({"package_name": "X", "package_description": "2 minggu"}, 14),
        ({"package_name": "X", "main_detail": "1 bulan"}, 30),
        ({"package_name": "X 1 Year"}, 365),
        ({"package_name": "X", "validity": "28"}, 28),
        ({"package_name": "X", "validity": "3 days"}, 3),
        ({"package_name": "IM3 dan Tri"}, None),
        ({"package_name": "169 Diamonds"}, None),
        ({"package_name": "Paket Harian"}, 1),
        ({"package_name": "Weekly"}, 7),
        ({"package_name": "Bulanan 3 hari"}, 3),
        ({"package_name": "24 jam"}, None),
    ],
)
def test_validity_is_the_first_number_before_a_day_word(cells: dict[str, Any], days: int | None) -> None:
    assert derived(**cells)["validity_days"] == days


@pytest.mark.parametrize(
    ("days", "group"),
    [("1", "Daily"), ("7", "Weekly"), ("8", "Monthly"), ("30", "Monthly"), ("31", ">30Days"), (None, "Unknown")],
)
def test_validity_is_grouped(days: str | None, group: str) -> None:
    assert derived(validity=days)["validity_group"] == group


@pytest.mark.parametrize(
    ("file_name", "price", "tier"),
    [
        ("XL_Medan_less3_20260115.csv", "75000", "High"),
        ("XL_Medan_less3_20260115.csv", "74999.99", "Medium"),
        ("XL_Medan_less3_20260115.csv", "34999.99", "Low"),
        ("XL_Medan_less3_20260601.csv", "75000", "Medium"),
        ("Tri_Medan_less3_20260601.csv", "20", "High"),
        ("Tri_Medan_less3_20241231.csv", "20", "Low"),
    ],
)
def test_the_tier_takes_the_newest_thresholds_of_the_operator_first(file_name: str, price: str, tier: str) -> None:
    assert derived(file_name, price_idr=Decimal(price).quantize(Decimal("0.01")))["price_tier"] == tier


@pytest.mark.parametrize(
    ("description", "quota"),
    [("Kuota 1,5 GB", "1.5"), ("500MB + 3GB", "3"), ("512 MB", "0.5"), ("unlimited", "0"), (None, "0")],
)
def test_quota_is_the_first_amount_of_the_description(description: str | None, quota: str) -> None:
    assert derived(package_description=description)["quota_gb"] == Decimal(quota)


@pytest.mark.parametrize(
    ("cells", "quota"),
    [
        ({"package_name": "Flash 2GB", "package_description": "Total 5GB"}, Decimal(2)),
        ({"package_name": "Flash", "package_description": "Total 5GB"}, Decimal(5)),
        ({"package_name": "Unlimited 2GB"}, None),
        ({"package_name": "Flash 2GB/hari"}, None),
        ({"package_name": "Flash"}, None),
    ],
)
def test_price_per_gb_leaves_out_what_has_no_headline(cells: dict[str, Any], quota: Decimal | None) -> None:
    assert derived(**cells)["headline_quota_gb"] == quota


@pytest.mark.parametrize(
    ("name", "description", "category"),
    [
        ("Genflix", "Fun Services", "other_video"),
        ("Genflix susun gambar", "Fun services", "main_quota"),
        ("X", "nonton Viu", "other_video"),
        ("X", "viuwers", "main_quota"),
        ("X", "klikfilm trivia time", "games"),
        ("Match Quiz 3 Days", "trivia time", "main_quota"),
        ("YouTube 1GB", None, "youtube"),
        ("Game Pass", None, "games"),
        ("X", "PUBG", "games"),
        ("X", "chat WhatsApp", "chat_socmed"),
        ("X", "kuota malam", "mds"),
        ("X", "kuota 00-06", "mds"),
        ("X", None, "main_quota"),
    ],
)
def test_the_quota_has_the_first_category_that_holds(name: str, description: str | None, category: str) -> None:
    assert derived(package_name=name, package_description=description)["quota_category"] == category


@pytest.mark.parametrize(
    ("brand", "name", "package_type"),
    [
        ("Akrab", "X", "Combo"),
        ("X", "Unlimited Combo", "Combo"),
        ("X", "unlimited", "Unlimited"),
        ("Roaming Asia", "X", "Roaming"),
        ("Music Max", "X", "DPI"),
        (None, "X", "Internet"),
    ],
)
def test_the_type_is_the_first_that_holds(brand: str | None, name: str, package_type: str) -> None:
    assert derived(commercial_name=brand, package_name=name)["package_type"] == package_type
