"""What the inbox adds to the repairs: outcomes told beforehand, decisions on conflicts, days of the backlog, sheets."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from flows.core.errors import BrokenRulesError, MistakeError, RefusedError
from flows.services import backlog, conflicts, corrections, queries, repairs, spreadsheets
from flows.services.corrections import Edit
from flows.services.queries import Wanted
from flows.services.repairs import Act, Fix
from tests.conftest import Place

ORDERS = "order_id,order_date,region,product,quantity,revenue\n"
HELD = "A2,2026-01-31,,Milk 1L,1,5\nA3,2026-01-31,South,Milk 1L,0,5\n"
TELCO = "commercial_name,package_name,price,validity\n"
NAME = "Indosat_Medan_more3_20260115_jaksel8.csv"
REST = "F,Small,10000,1\nF,Big,20000,1\n"


def drop_held(place: Place) -> list[int]:
    good = "".join(f"G{number},2026-01-31,North,Milk 1L,1,5\n" for number in range(5))
    place.drop(ORDERS + good + HELD)
    return [row["exception_id"] for row in queries.exceptions(place.parts.warehouse, Wanted(state="OPEN"))]


def correct_price(place: Place, name: str, text: str, seen: str) -> None:
    row = place.rows(
        "select run_id, line from telco_packages.packages where package_name = %(name)s and replaced_by_run is null",
        name=name,
    )[0]
    edit = Edit(row=f"{row['run_id']}:{row['line']}", column="price", text=text, seen=seen)
    dataset = place.parts.datasets["telco_packages"]
    corrections.correct(place.parts.warehouse, place.sign_in("editor"), dataset, [edit])


def take(place: Place, role: str = "steward") -> dict[str, Any]:
    parts = place.parts
    (conflict,) = corrections.conflicts(parts.warehouse)
    return conflicts.take(parts.warehouse, place.sign_in(role), parts.datasets, conflict["conflict_id"])


def test_a_preview_tells_what_would_come_of_it_and_writes_nothing(place: Place) -> None:
    first, second = drop_held(place)
    parts, steward = place.parts, place.sign_in("steward")
    fixes = [Fix(exception_id=first, cells={"region": "North"}), Fix(exception_id=second)]
    before = place.one("select count(*) from platform.audit_event")

    results = repairs.release(parts.warehouse, steward, parts.datasets, fixes, is_preview=True)

    assert [result.act for result in results] == [Act.RELEASED, Act.STILL_OPEN]
    assert place.one("select count(*) from platform.exception where state = 'OPEN' and attempts = 0") == 2
    assert place.one("select count(*) from platform.audit_event") == before
    assert place.one("select count(*) from sales_orders.orders") == 5


def test_a_correction_is_written_over_the_newer_row_after_all(place: Place) -> None:
    place.drop(TELCO + REST, NAME, "telco_packages")
    correct_price(place, "Small", "12000", "10000.00")
    place.drop(TELCO + REST.replace("10000", "11000"), NAME, "telco_packages")

    take(place, "editor")

    price = "select price_idr from telco_packages.packages where package_name = 'Small' and replaced_by_run is null"
    assert place.one(price) == 12000
    assert corrections.conflicts(place.parts.warehouse) == []


def test_a_repair_is_written_over_the_newer_row_that_is_held(place: Place) -> None:
    place.drop(TELCO + REST + "F,Dear,ask,1\n", NAME, "telco_packages")
    (held,) = queries.exceptions(place.parts.warehouse, Wanted(state="OPEN"))
    parts = place.parts
    fix = Fix(exception_id=held["exception_id"], cells={"price": "99000"})
    repairs.release(parts.warehouse, place.sign_in("steward"), parts.datasets, [fix])
    place.drop(TELCO + REST + "F,Dear,call us,1\n", NAME, "telco_packages")

    with pytest.raises(RefusedError):
        take(place, "editor")
    take(place)

    price = "select price_idr from telco_packages.packages where package_name = 'Dear' and replaced_by_run is null"
    assert place.one(price) == 99000
    assert corrections.conflicts(parts.warehouse) == []


def test_a_row_that_left_the_file_can_only_be_let_go(place: Place) -> None:
    place.drop(TELCO + REST, NAME, "telco_packages")
    correct_price(place, "Small", "12000", "10000.00")
    place.drop(TELCO + "F,Big,20000,1\n", NAME, "telco_packages")

    with pytest.raises(MistakeError, match="no longer in the file"):
        take(place)


def test_a_conflict_that_breaks_a_rule_stays(place: Place) -> None:
    place.drop(TELCO + REST + "F,Dear,ask,1\n", NAME, "telco_packages")
    (held,) = queries.exceptions(place.parts.warehouse, Wanted(state="OPEN"))
    parts, steward = place.parts, place.sign_in("steward")
    repairs.save(
        parts.warehouse, steward, parts.datasets, [Fix(exception_id=held["exception_id"], cells={"price": "soon"})]
    )
    place.drop(TELCO + REST + "F,Dear,call us,1\n", NAME, "telco_packages")

    with pytest.raises(BrokenRulesError):
        take(place)

    assert len(corrections.conflicts(parts.warehouse)) == 1


def test_the_backlog_is_told_by_day_and_by_reason(place: Place) -> None:
    first, second = drop_held(place)
    parts, steward = place.parts, place.sign_in("steward")
    repairs.discard(parts.warehouse, steward, parts.datasets, [Fix(exception_id=first)], reason="test")
    zone, today = ZoneInfo("UTC"), datetime.now(UTC).date()

    def told(since: date = today, **wanted: Any) -> list[tuple[str, int, int]]:
        split = wanted.pop("split", "")
        rows = backlog.by_day(parts.warehouse, Wanted(**wanted), zone, since, split)
        return [(row["name"], row["opened"], row["closed"]) for row in rows]

    assert told(state="OPEN") == [("", 2, 1)]
    assert told(split="rule") == [("quantity_above_zero", 1, 0), ("region_present", 1, 1)]
    assert told(split="rule", rule="region_present") == [("region_present", 1, 1)]
    assert told(split="category", rule="quantity_above_zero") == [("BUSINESS_RULE_VIOLATION", 1, 0)]
    assert told(date(9999, 1, 1)) == []
    assert second not in {row["exception_id"] for row in queries.exceptions(parts.warehouse, Wanted(state="DISCARDED"))}


def test_requests_for_waivers_are_found(place: Place) -> None:
    good = "".join(f"G{number},2026-01-31,North,Milk 1L,1,5\n" for number in range(5))
    place.drop(ORDERS + good + "G1,2026-02-01,North,Milk 1L,1,5\n")
    parts = place.parts
    (row,) = queries.exceptions(parts.warehouse, Wanted(state="OPEN"))
    assert queries.count_exceptions(parts.warehouse, Wanted(has_request=True)) == 0
    fix = Fix(exception_id=row["exception_id"])

    repairs.ask_waiver(parts.warehouse, place.sign_in("steward"), parts.datasets, [fix], reason="it is right")

    found = queries.exceptions(parts.warehouse, Wanted(has_request=True))
    assert [one["exception_id"] for one in found] == [row["exception_id"]]
    assert queries.exceptions_by_dataset(parts.warehouse, Wanted(has_request=True)) == {"sales_orders": 1}


def test_rows_whose_revenue_waits_are_found_behind_many_whose_does_not(place: Place) -> None:
    orders = "".join(f"G{number},2026-01-31,North,Milk 1L,1,5\n" for number in range(45))
    again = "".join(f"G{number},2026-01-31,,Milk 1L,1,5\n" for number in range(30))
    place.drop(ORDERS + orders + again + "A2,2026-01-31,,Milk 1L,1,5\nA3,2026-01-31,,Milk 1L,1,6\n")
    warehouse, wanted = place.parts.warehouse, Wanted(state="OPEN", dataset="sales_orders", says=(("waits", "yes"),))

    (first,) = queries.exceptions(warehouse, wanted, 1)
    (second,) = queries.exceptions(warehouse, wanted, 1, after=first["exception_id"])

    assert [row["cells"]["order_id"] for row in (first, second)] == ["A2", "A3"]
    assert queries.exceptions(warehouse, wanted, 1, after=second["exception_id"]) == []


def test_closed_rows_are_found_by_what_they_say_and_count_for_the_days_of_the_backlog(place: Place) -> None:
    first, _ = drop_held(place)
    parts, steward = place.parts, place.sign_in("steward")
    repairs.discard(parts.warehouse, steward, parts.datasets, [Fix(exception_id=first)], reason="test")
    says = (("ordered_on", "2026-01-01..2026-01-31"), ("category", "Dairy Products"))
    wanted = Wanted(dataset="sales_orders", says=says)

    found = {row["exception_id"]: row["state"] for row in queries.exceptions(parts.warehouse, wanted)}
    days = backlog.by_day(parts.warehouse, wanted, ZoneInfo("UTC"), datetime.now(UTC).date())

    assert len(found) == 2
    assert found[first] == "DISCARDED"
    assert [(day["opened"], day["closed"]) for day in days] == [(2, 1)]
    assert queries.count_exceptions(parts.warehouse, replace(wanted, says=(("ordered_on", "..2026-01-30"),))) == 0
    assert queries.count_exceptions(parts.warehouse, replace(wanted, says=(("ordered_on", "2026-01-31"),))) == 2


@pytest.mark.parametrize(
    ("dataset", "says", "told"),
    [
        ("", (("region", "North"),), "name a dataset"),
        ("telco_packages", (("region", "North"),), "name a dataset"),
        ("sales_orders", (("shop", "North"),), "only by ordered_on, region"),
        ("sales_orders", (("waits", "perhaps not"),), "it is one of yes, no, perhaps"),
        ("sales_orders", (("ordered_on", "yesterday"),), "'yesterday' is no day"),
        ("sales_orders", (("region", "North"), ("region", "South")), "once"),
    ],
)
def test_what_held_rows_cannot_say_is_refused(
    place: Place, dataset: str, says: tuple[tuple[str, str], ...], told: str
) -> None:
    with pytest.raises(MistakeError, match=told):
        queries.exceptions(place.parts.warehouse, Wanted(dataset=dataset, says=says))


def test_a_sheet_says_which_dataset_it_is_of(place: Place) -> None:
    known = place.parts.datasets
    sheet = b"\xef\xbb\xbfexception_id;attempt;commercial_name;price\n1;0;F;1\n"
    assert spreadsheets.dataset_of(known, "sheet.csv", sheet).name == "telco_packages"

    for content in (b"exception_id,attempt\n1,0\n", b"order_id,region\nA,North\n", b""):
        with pytest.raises(MistakeError, match="no spreadsheet of held rows"):
            spreadsheets.dataset_of(known, "sheet.csv", content)
