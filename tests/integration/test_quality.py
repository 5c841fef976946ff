"""The measures of the quality page: those of the real file, of a period, and what a person's decisions change."""

import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from dashboard.store import quality
from dashboard.store.quality import Filter
from flows.core.history import Standing
from flows.services import repairs
from flows.services.repairs import Fix
from tests.conftest import Place
from tests.expected import RULES
from tests.integration.test_repairs import HEADER, ids, release

ZONE = ZoneInfo("Asia/Kolkata")
BAD_TWICE = "B1,2026-01-31,,Milk 1L,0,5\nB2,2026-01-31,,Milk 1L,1,5\nB3,2026-01-31,South,Milk 1L,0,5\n"


def good(name: str, rows: int, region: str = "North") -> str:
    return "".join(f"{name}-{number},2026-01-31,{region},Milk 1L,1,5\n" for number in range(rows))


def test_every_figure_equals_what_must_come_of_the_real_file(place: Place, shared_data: Path) -> None:
    folder = shared_data / "sales_orders"
    expected = json.loads((folder / "expected.json").read_text())
    place.drop((folder / "sales_data.csv").read_bytes(), "sales_data.csv")
    warehouse = place.parts.warehouse

    figures = quality.figures(warehouse, Filter(), ZONE)
    (file,) = quality.files(warehouse, Filter(), ZONE)
    failed = {row["rule"]: row["failed"] for row in quality.controls(warehouse, Filter(dataset="sales_orders"), ZONE)}

    total = figures.total
    assert [total[name] for name in ("rows_read", "rows_loaded", "rows_held")] == [
        expected[name] for name in ("rows_read", "rows_loaded", "rows_held")
    ]
    assert total["first_pass_quality"] == Decimal(expected["rows_loaded"]) / expected["rows_read"]
    assert {told: failed[code] for told, code in RULES.items()} == expected["findings_by_rule"]
    view = place.rows("select * from platform.run_measures")[0]
    measures = ("first_pass_quality", "final_quality", "check_pass_rate", "exception_rate", "warnings")
    for row in (total, *figures.by_dataset, *figures.by_day, file):
        assert {name: row[name] for name in measures} == {name: view[name] for name in measures}


def test_a_correction_moves_final_quality_and_leaves_the_first_pass(place: Place) -> None:
    place.drop(HEADER + good("A", 7) + BAD_TWICE)
    before = quality.figures(place.parts.warehouse, Filter(), ZONE).total

    release(place, [Fix(exception_id=one, cells={"region": "East"}) for one in ids(place, rule="region_present")])

    after = quality.figures(place.parts.warehouse, Filter(), ZONE).total
    assert (before["first_pass_quality"], before["final_quality"], before["exception_rate"]) == (
        Decimal("0.7"),
        Decimal("0.7"),
        Decimal("0.3"),
    )
    assert (after["first_pass_quality"], after["final_quality"], after["exception_rate"]) == (
        Decimal("0.7"),
        Decimal("0.8"),
        Decimal("0.2"),
    )
    assert after["check_pass_rate"] == before["check_pass_rate"]


def test_controls_are_those_of_the_views_and_effective_as_people_confirm(place: Place) -> None:
    place.drop(HEADER + good("A", 7) + BAD_TWICE)
    parts = place.parts
    fixes = [Fix(exception_id=one) for one in ids(place, rule="region_present")]
    repairs.discard(parts.warehouse, place.sign_in("steward"), parts.datasets, fixes, reason="a test")

    told = {row["rule"]: row for row in quality.controls(parts.warehouse, Filter(dataset="sales_orders"), ZONE)}

    views = place.rows("select rule, tested, failed, not_evaluated from platform.control")
    names = ("rule", "tested", "failed", "not_evaluated")
    assert views
    assert [{name: told[view["rule"]][name] for name in names} for view in views] == views
    effects = place.rows("select rule, effectiveness from platform.control_effectiveness")
    assert {row["rule"]: row["effectiveness"] for row in effects} == {
        rule: row["effectiveness"] for rule, row in told.items() if row["effectiveness"] is not None
    }
    assert told["region_present"]["effectiveness"] == 1


def test_a_period_counts_its_own_files_only_and_nothing_has_no_value(place: Place) -> None:
    place.drop(HEADER + good("A", 3))
    today = place.one("select (started_at at time zone 'Asia/Kolkata')::date from platform.run")
    yesterday = today - timedelta(days=1)

    assert quality.figures(place.parts.warehouse, Filter(first=today, last=today), ZONE).total["rows_read"] == 3
    nothing = quality.figures(place.parts.warehouse, Filter(last=yesterday), ZONE)

    assert nothing.total["first_pass_quality"] is None
    assert nothing.total["exception_rate"] is None
    assert nothing.by_day == ()


def test_rules_that_the_same_rows_break_are_told_as_pairs(place: Place) -> None:
    place.drop(HEADER + good("A", 7) + BAD_TWICE)

    (pair,) = quality.broken_together(place.parts.warehouse, Filter(), ZONE)

    assert (pair["one"], pair["other"]) == ("quantity_above_zero", "region_present")
    assert (pair["rows_held"], pair["rows_of_one"], pair["rows_of_other"]) == (1, 2, 2)


def test_volume_and_missing_cells_are_held_against_the_files_before(place: Place) -> None:
    for number in range(6):
        place.drop(HEADER + good(f"F{number}", 10), f"file{number}.csv")
    place.drop(HEADER + good("Odd", 9) + good("None", 4, region="") + good("More", 12), "odd.csv")

    volumes, missing, off = quality.history(place.parts.warehouse, "sales_orders", Filter(), ZONE)

    assert [one.standing for one in volumes[:2]] == [Standing.ABOVE, Standing.USUAL]
    assert {one.column: one.standing for one in missing} == dict.fromkeys(
        ("order_id", "order_date", "product", "quantity", "revenue"), Standing.USUAL
    ) | {"region": Standing.ABOVE}
    assert off == []
    assert quality.history(place.parts.warehouse, "sales_orders", Filter(last=date(2020, 1, 1)), ZONE) == ([], [], [])
