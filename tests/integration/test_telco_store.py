"""The figures of the telco page: the latest snapshots, one filter for all, and two snapshots beside each other."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from dashboard.address import choose
from dashboard.pages.telco.links import NOT_PRICED, PRICED, rows_query
from dashboard.state.grid import NAMES, GridState, selected
from dashboard.store import grid, telco
from dashboard.store.question import Question
from dashboard.store.telco import By, Filter, Pair
from tests.conftest import Place

HEADER = "commercial_name,package_name,main_detail,package_description,benefit_detail,benefit_app,price,validity\n"
BEFORE = HEADER + (
    "Freedom,Internet 10 GB 30 hari,,10 GB,,,50000,30\n"
    "Freedom,Internet 5 GB 7 hari,,5 GB,,,20000,7\n"
    "Freedom,Unlimited 30 hari,,,,,90000,30\n"
)
AFTER = HEADER + (
    "Freedom,Internet 10 GB 30 hari,,10 GB,,,60000,30\n"
    "Freedom,Internet 5 GB 7 hari,,5 GB,,,15000,7\n"
    "Freedom,Internet 2 GB 1 hari,,2 GB,,,8000,1\n"
)


def drop_both(place: Place) -> None:
    place.drop(BEFORE, "Indosat_Jakarta_less3_20260101.csv", "telco_packages")
    place.drop(AFTER, "Indosat_Jakarta_less3_20260201.csv", "telco_packages")


def test_figures_are_of_the_latest_snapshot_unless_a_day_is_chosen(place: Place) -> None:
    drop_both(place)
    warehouse = place.parts.warehouse
    assert telco.packages_by(warehouse, Filter(), "price_tier") == [
        {"value": "Low", "packages": 2, "mean_price_idr": Decimal("11500.00")},
        {"value": "Medium", "packages": 1, "mean_price_idr": Decimal("60000.00")},
    ]
    then = telco.packages_by(warehouse, Filter(file_date=date(2026, 1, 1)), "price_tier")
    assert {row["value"]: row["packages"] for row in then} == {"High": 1, "Low": 1, "Medium": 1}


def test_price_per_gb_tells_how_many_it_leaves_out(place: Place) -> None:
    drop_both(place)
    whole, operators = telco.spread(place.parts.warehouse, Filter(file_date=date(2026, 1, 1), price_tier="High"))
    assert (whole["packages"], whole["packages_without_quota"], whole["median_price_per_gb_idr"]) == (1, 1, None)
    assert [row["operator"] for row in operators] == ["Indosat"]
    whole, _ = telco.spread(place.parts.warehouse, Filter())
    stored = place.rows("select * from telco_packages.price_per_gb")[0]
    told = ("packages", "packages_without_quota", "lowest_price_per_gb_idr", "median_price_per_gb_idr")
    assert [whole[name] for name in told] == [stored[name] for name in told]


def test_two_snapshots_tell_what_is_new_gone_dearer_and_cheaper(place: Place) -> None:
    drop_both(place)
    pair = Pair(
        operator="Indosat", city="Jakarta", line_of_service="less_than_3_months",
        day_before=date(2026, 1, 1), day_after=date(2026, 2, 1),
    )  # fmt: skip
    told = telco.changes(place.parts.warehouse, pair)
    assert [(row["change"], row["package_name"], row["price_before_idr"], row["price_idr"]) for row in told] == [
        ("dearer", "Internet 10 GB 30 hari", 50000, 60000),
        ("cheaper", "Internet 5 GB 7 hari", 20000, 15000),
        ("gone", "Unlimited 30 hari", 90000, None),
        ("new", "Internet 2 GB 1 hari", None, 8000),
    ]


@pytest.mark.parametrize(
    "chosen",
    [
        Filter(),
        Filter(operator="Indosat"),
        Filter(file_date=date(2026, 2, 1)),
        Filter(city="Jakarta", price_tier="Low"),
        Filter(operator="XL", validity_group="Monthly"),
    ],
)
def test_each_figure_leads_to_exactly_its_rows(place: Place, chosen: Filter) -> None:
    drop_both(place)
    # The latest of XL is older than the latest of Indosat, and of the same day as an older one of Indosat.
    place.drop(BEFORE.replace("50000", "51000"), "XL_Jakarta_less3_20260101.csv", "telco_packages")
    whole, _ = telco.spread(place.parts.warehouse, chosen)

    def rows(only: str = "") -> int:
        state = GridState()
        choose(state, NAMES, rows_query(chosen, only))
        with Question(place.parts.warehouse).asked() as connection:
            return len(grid.page(connection, selected(state)).lines)

    assert rows() == whole["packages"]
    assert rows(NOT_PRICED) == whole["packages_without_quota"]
    assert rows(PRICED) == whole["packages"] - whole["packages_without_quota"]


@pytest.mark.parametrize("by", ["operator", "city", "area", "price_tier", "validity_group", "package_type"])
def test_the_figures_of_the_real_files_are_those_of_the_rows(place: Place, shared_data: Path, by: By) -> None:
    for path in sorted((shared_data / "telco_packages").glob("*.csv")):
        place.drop(path.read_bytes(), path.name, "telco_packages")
    counted = place.rows(
        f"select {by} as value, count(*) as packages, round(avg(price_idr), 2) as mean_price_idr"
        f" from telco_packages.packages group by {by} order by {by}"
    )
    assert telco.packages_by(place.parts.warehouse, Filter(), by) == counted
    assert telco.choices(place.parts.warehouse)["batches"]
