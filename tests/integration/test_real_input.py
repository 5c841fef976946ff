"""The real files come out exactly, from an empty mart."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from tests.conftest import Place
from tests.expected import RULES, figures_in


@pytest.fixture
def expected(shared_data: Path) -> dict[str, object]:
    return dict(json.loads((shared_data / "sales_orders" / "expected.json").read_text()))


def _sales(shared_data: Path) -> bytes:
    return (shared_data / "sales_orders" / "sales_data.csv").read_bytes()


def test_the_real_sales_file_gives_every_expected_figure(
    place: Place, shared_data: Path, expected: dict[str, object]
) -> None:
    place.drop(_sales(shared_data), "sales_data.csv")

    figures = figures_in(place.rows)

    assert figures == {name: expected[name] for name in figures}


def test_only_the_expected_rules_are_broken_by_the_real_sales_file(place: Place, shared_data: Path) -> None:
    place.drop(_sales(shared_data), "sales_data.csv")

    broken = place.rows("select rule from platform.run_rule where failed > 0")

    assert {row["rule"] for row in broken} == set(RULES.values())


def test_an_ordinary_s3_client_gives_the_same(place: Place, shared_data: Path, expected: dict[str, object]) -> None:
    place.put_by_hand("sales_orders/sales_data.csv", _sales(shared_data))

    place.load_all()

    figures = figures_in(place.rows)
    assert figures == {name: expected[name] for name in figures}
    assert place.one("select source from platform.batch") == "pickup"


def test_a_repaired_file_dropped_again_loads_the_repaired_row_alone(place: Place, shared_data: Path) -> None:
    original = _sales(shared_data)
    place.drop(original, "sales_data.csv")
    lines = original.split(b"\n")
    loaded = {row["order_id"].encode() for row in place.rows("select order_id from sales_orders.orders")}
    broken = next(
        i
        for i, line in enumerate(lines)
        if b",invalid_date," in line and line.split(b",")[0] not in loaded and b",," not in line and b"-" not in line
    )
    lines[broken] = lines[broken].replace(b"invalid_date", b"2025-06-06")

    again = place.drop(b"\n".join(lines), "sales_data.csv")

    assert again.outcome.rows_loaded == 1
    assert again.outcome.rows_loaded_already == 4376
    assert (
        place.one("select count(*) from platform.exception where run_id = %(r)s and state = 'OPEN'", r=again.run_id)
        == 0
    )
    assert place.one("select orders from sales_orders.figures") == 4377


def test_the_real_telco_files_have_their_labelled_tiers_and_validities(place: Place, shared_data: Path) -> None:
    folder = shared_data / "telco_packages"
    for path in sorted(folder.glob("*.csv")):
        place.drop(path.read_bytes(), path.name, "telco_packages")
    rows = place.rows(
        """
        select f.base_name, p.price_idr, p.price_tier, p.validity_days,
            row_number() over (partition by f.base_name order by p.line) as record
        from telco_packages.packages as p
        inner join platform.run as r on r.run_id = p.run_id
        inner join platform.file as f on f.file_id = r.file_id
        """
    )
    found = {(row["base_name"], row["record"]): row for row in rows}
    labels = json.loads((folder / "labels.json").read_text())

    wrong = [
        label
        for label in labels
        if (row := found[label["file"], label["record"]])["price_tier"] != label["price_tier"]
        or row["price_idr"] != Decimal(label["price"])
        or (label["validity_days"] is not None and row["validity_days"] != label["validity_days"])
    ]

    assert len(found) == len(labels) == 233
    assert sum(label["validity_days"] is not None for label in labels) == 130
    assert wrong == []


def test_the_real_telco_file_names_are_read(place: Place, shared_data: Path) -> None:
    for path in sorted((shared_data / "telco_packages").glob("*.csv")):
        place.drop(path.read_bytes(), path.name, "telco_packages")

    snapshots = place.rows(
        "select operator, city, line_of_service, file_date::text from telco_packages.snapshots order by operator"
    )

    assert [tuple(row.values()) for row in snapshots] == [
        ("Axis", "Jakarta", "more_than_3_months", "2022-11-03"),
        ("Indosat", "Jakarta", "less_than_3_months", "2022-11-03"),
        ("Smartfren", "Medan", "more_than_3_months", "2022-11-03"),
        ("Telkomsel", "Jakarta", "less_than_3_months", "2022-11-03"),
        ("Tri", "Jakarta", "more_than_3_months", "2022-11-03"),
        ("XL", "Medan", "less_than_3_months", "2022-11-03"),
    ]
