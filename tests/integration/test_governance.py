"""The governance summary of a period adds up, names who did what, and counts its own days only."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from flows.services import repairs
from flows.services.governance import governance
from flows.services.repairs import Fix
from tests.conftest import Place
from tests.integration.test_quality import BAD_TWICE, good
from tests.integration.test_repairs import HEADER, ids, release

ZONE = ZoneInfo("Asia/Kolkata")


def summary(place: Place, **period: Any) -> dict[str, list[dict[str, Any]]]:
    days = {"first": None, "last": None} | period
    parts = governance(place.parts.warehouse, place.parts.datasets, days["first"], days["last"], ZONE)
    for part in parts:
        assert all(name in row for row in part.rows for name, _, _ in part.columns)
    return {part.title: [dict(row) for row in part.rows] for part in parts}


def test_rows_add_up_and_what_people_did_is_told(place: Place) -> None:
    place.drop(HEADER + good("A", 7) + BAD_TWICE)
    steward = place.sign_in("steward")
    release(place, [Fix(exception_id=ids(place, rule="region_present")[1], cells={"region": "East"})], steward)
    parts, fixes = place.parts, [Fix(exception_id=ids(place, rule="region_present")[0])]
    repairs.discard(parts.warehouse, steward, parts.datasets, fixes, reason="a test")

    told = summary(place)

    (rows,) = told["Rows"]
    names = ("rows_read", "first_pass", "released", "loaded", "open", "discarded", "adds_up")
    assert [rows[name] for name in names] == [10, 7, 1, 8, 1, 1, "yes"]
    (waits,) = told["Open exceptions"]
    assert (waits["rows_held"], waits["under_1"], waits["amount"]) == (1, 1, Decimal(5))
    acts = {(row["actor"], row["role"], row["event"]) for row in told["Who did what"]}
    assert {("steward", "steward", "sign_in"), ("system", "", "run_started")} <= acts
    assert {(row["what"], row["made_by"]) for row in told["Corrections and decisions"]} == {
        ("released", "steward"),
        ("discarded", "steward"),
    }
    effective = {row["rule"]: row["effectiveness"] for row in told["Controls and their effectiveness"]}
    assert effective["region_present"] == 1
    assert [row["high_from_idr"] for row in told["Thresholds in force"]] == [Decimal(75000)]


def test_a_period_before_everything_is_empty(place: Place) -> None:
    place.drop(HEADER + good("A", 3))
    today = place.one("select (started_at at time zone 'Asia/Kolkata')::date from platform.run")

    told = summary(place, last=today - timedelta(days=1))

    assert (told["Files"], told["Rows"], told["Open exceptions"], told["Who did what"]) == ([], [], [], [])
    assert len(summary(place, first=today, last=today)["Files"]) == 1
