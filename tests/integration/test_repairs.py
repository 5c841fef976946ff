"""Held rows are corrected, released, waived and discarded by people with the role, and the law holds all along."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from flows.core.errors import MistakeError, RefusedError
from flows.services import comparing, queries, repairs, rewriting, spreadsheets
from flows.services.accounts import SignedIn
from flows.services.proving import figures_that_differ
from flows.services.queries import Wanted
from flows.services.repairs import Act, Fix, Result
from tests.conftest import Place, s3_client

HEADER = "order_id,order_date,region,product,quantity,revenue\n"
GOOD = "A1,2026-01-31,North,Milk 1L,1,5\n"
MORE = "".join(f"M{number},2026-01-31,North,Milk 1L,1,0\n" for number in range(5))
"""Rows without revenue at the end of a file, so that it does not wait for a review."""


def drop(place: Place, rows: str, name: str = "orders.csv") -> None:
    """Load rows after a good one, with more good ones after them."""
    place.drop(HEADER + GOOD + rows + MORE.replace("M", f"{name}-"), name)


def ids(place: Place, **wanted: Any) -> list[int]:
    rows = queries.exceptions(place.parts.warehouse, Wanted(state="OPEN", **wanted))
    return [row["exception_id"] for row in rows]


def release(
    place: Place, fixes: list[Fix], actor: SignedIn | None = None, *, is_update: bool = False
) -> dict[int, Result]:
    parts = place.parts
    done = repairs.release(
        parts.warehouse, actor or place.sign_in("steward"), parts.datasets, fixes, reason="test", is_update=is_update
    )
    return {result.exception_id: result for result in done}


def is_identical(place: Place) -> bool:
    """Return whether every completed run replays to what is stored, and the figures are what the rows add up to."""
    parts, editor = place.parts, place.sign_in("editor")
    results = [
        comparing.replay(parts.warehouse, parts.store, editor, parts.datasets, row["run_id"], place.folder / "scratch")
        for row in queries.completed_runs(parts.warehouse)
    ]
    for result in results:
        assert result.differences == []
    for dataset in parts.datasets.values():
        assert figures_that_differ(parts.warehouse, dataset) == []
    return all(result.is_identical for result in results)


def test_the_region_of_the_real_file_is_repaired_to_the_rupee(place: Place, shared_data: Path) -> None:
    folder = shared_data / "sales_orders"
    expected = json.loads((folder / "expected.json").read_text())["after_setting_region_north_on_all_83"]
    place.drop((folder / "sales_data.csv").read_bytes(), "sales_data.csv")
    before = place.one("select revenue_inr from sales_orders.figures")

    results = release(
        place, [Fix(exception_id=one, cells={"region": "North"}) for one in ids(place, rule="region_present")]
    )

    released = [one for one, result in results.items() if result.act is Act.RELEASED]
    still_open = [one for one, result in results.items() if result.act is Act.STILL_OPEN]
    duplicates = ids(place, rule="order_id_is_unique", stage="correction")
    assert {
        "released": len(released),
        "still_open": len(still_open),
        "of_which_now_duplicates": len(duplicates),
        "revenue_inr_released": str(place.one("select revenue_inr from sales_orders.figures") - before),
    } == expected
    assert place.one("select count(*) from platform.exception where attempts = 1 and state = 'OPEN'") == 11
    measures = place.rows("select rows_read, rows_loaded, rows_held from platform.run_measures")[0]
    assert measures == {"rows_read": 5000, "rows_loaded": 4376 + 72, "rows_held": 624 - 72}
    assert is_identical(place)


def test_a_correction_that_fails_again_stays_with_its_text_and_new_findings(place: Place) -> None:
    drop(place, "A2,never,,Milk 1L,1,5\n")
    (one,) = ids(place)

    first = release(place, [Fix(exception_id=one, cells={"region": "East"})])[one]
    second = release(place, [Fix(exception_id=one, cells={"order_date": "2026-02-01"}, attempt=1)])[one]

    assert (first.act, len(first.messages)) == (Act.STILL_OPEN, 1)
    assert second.act is Act.RELEASED
    row = place.rows("select region, ordered_on::text, line from sales_orders.orders where order_id = 'A2'")[0]
    assert row == {"region": "East", "ordered_on": "2026-02-01", "line": 3}
    assert is_identical(place)


def test_a_stale_attempt_is_a_conflict(place: Place) -> None:
    drop(place, "A2,never,,Milk 1L,1,5\n")
    (one,) = ids(place)
    release(place, [Fix(exception_id=one, cells={"region": "East"})])

    result = release(place, [Fix(exception_id=one, cells={"region": "West"}, attempt=0)])[one]

    assert result.act is Act.CONFLICT
    assert "attempt 1" in result.messages[0]


def test_a_released_row_is_released_once(place: Place) -> None:
    drop(place, "A2,2026-01-31,,Milk 1L,1,5\n")
    (one,) = ids(place)
    release(place, [Fix(exception_id=one, cells={"region": "East"})])

    again = release(place, [Fix(exception_id=one, cells={"region": "West"})])[one]

    assert again.act is Act.CONFLICT
    assert place.one("select region from sales_orders.orders where order_id = 'A2'") == "East"


def test_two_corrected_rows_of_one_key_load_the_first(place: Place) -> None:
    drop(place, "A2,2026-01-31,,Milk 1L,1,5\nA2,2026-01-31,,Milk 1L,1,7\n")
    first, second = ids(place)

    results = release(place, [Fix(exception_id=one, cells={"region": "East"}) for one in (second, first)])

    assert (results[first].act, results[second].act) == (Act.RELEASED, Act.STILL_OPEN)
    assert place.one("select revenue_inr from sales_orders.orders where order_id = 'A2'") == 5


def test_a_duplicate_is_released_as_an_update_of_the_standing_row(place: Place) -> None:
    drop(place, "A1,2026-01-31,East,Milk 1L,1,9\n" + "A3,2026-01-31,East,Cola 500ml,1,1\n")
    (one,) = ids(place)

    assert release(place, [Fix(exception_id=one)])[one].act is Act.STILL_OPEN
    assert release(place, [Fix(exception_id=one)], is_update=True)[one].act is Act.UPDATED

    row = place.rows("select region, revenue_inr, line from sales_orders.orders where order_id = 'A1'")[0]
    assert row == {"region": "East", "revenue_inr": 9, "line": 3}
    assert place.one("select revenue_inr from sales_orders.figures") == 10
    states = place.rows("select line, state, was_loaded from platform.exception order by line")
    assert [tuple(row.values()) for row in states] == [(2, "SUPERSEDED", True), (3, "RELEASED", False)]
    history = place.rows("select column_name, old_value, new_value, kind from platform.correction order by 1")
    assert [tuple(row.values()) for row in history] == [
        ("region", "North", "East", "UPDATE"),
        ("revenue", "5.00", "9.00", "UPDATE"),
    ]
    assert is_identical(place)


def test_a_duplicate_of_another_file_is_released_as_an_update(place: Place) -> None:
    place.drop(HEADER + GOOD)
    place.drop(HEADER + "A1,2026-01-31,East,Milk 1L,1,9\nA4,2026-01-31,East,Milk 1L,1,9\n", "later.csv")
    (one,) = ids(place)

    release(place, [Fix(exception_id=one)], is_update=True)

    assert place.one("select count(*) from platform.run_measures where rows_read = rows_loaded + rows_held") == 2
    assert place.one("select revenue_inr from sales_orders.by_region where region = 'East'") == 18
    assert is_identical(place)


def test_a_row_that_says_what_stands_is_closed_as_loaded_already(place: Place) -> None:
    drop(place, "A1,2026-01-31,,Milk 1L,1,5\n")
    (one,) = ids(place)

    result = release(place, [Fix(exception_id=one, cells={"region": "North"})])[one]

    assert result.act is Act.ALREADY_LOADED
    assert place.one("select closed_by from platform.exception") == "system"


def test_a_waiver_needs_a_second_person(place: Place) -> None:
    drop(place, "A1,2026-01-31,East,Milk 1L,1,9\n")
    (one,) = ids(place)
    anna, ben = place.sign_in("steward", "anna"), place.sign_in("steward", "ben")
    parts, fixes = place.parts, [Fix(exception_id=one)]

    asked = repairs.ask_waiver(parts.warehouse, anna, parts.datasets, fixes, reason="the shop says so")
    by_herself = repairs.grant_waiver(parts.warehouse, anna, parts.datasets, fixes)
    by_another = repairs.grant_waiver(parts.warehouse, ben, parts.datasets, fixes)

    assert [one.act for one in (*asked, *by_herself, *by_another)] == [Act.ASKED, Act.STILL_OPEN, Act.WAIVED]
    assert "second person" in by_herself[0].messages[0]
    assert place.one("select revenue_inr from sales_orders.orders where order_id = 'A1'") == 9
    assert place.rows("select asked_by, granted_by from platform.waiver") == [{"asked_by": "anna", "granted_by": "ben"}]
    assert is_identical(place)


def test_a_rule_that_may_not_be_waived_is_not(place: Place) -> None:
    drop(place, "A2,2026-01-31,East,Milk 1L,0,9\n")
    parts = place.parts

    (result,) = repairs.ask_waiver(
        parts.warehouse, place.sign_in("steward"), parts.datasets, [Fix(exception_id=ids(place)[0])], reason="please"
    )

    assert result.act is Act.STILL_OPEN
    assert "may not be waived" in result.messages[0]


def test_a_discarded_row_stays_stored_with_its_reason(place: Place) -> None:
    drop(place, "A2,2026-01-31,East,Milk 1L,0,9\n")
    parts, fixes = place.parts, [Fix(exception_id=ids(place)[0])]
    steward = place.sign_in("steward")

    with pytest.raises(MistakeError, match="say why"):
        repairs.discard(parts.warehouse, steward, parts.datasets, fixes, reason=" ")
    repairs.discard(parts.warehouse, steward, parts.datasets, fixes, reason="a test order")

    row = place.rows("select state, closed_by, reason from platform.exception")[0]
    assert row == {"state": "DISCARDED", "closed_by": "steward", "reason": "a test order"}
    assert place.one("select effectiveness from platform.control_effectiveness") == 1
    assert place.one("select rows_held from platform.run_measures") == 1


@pytest.mark.parametrize("role", ["viewer", "editor"])
def test_who_is_no_steward_is_refused_below_the_interface(place: Place, role: str) -> None:
    drop(place, "A2,2026-01-31,,Milk 1L,1,9\n")

    with pytest.raises(RefusedError, match="steward"):
        release(place, [Fix(exception_id=ids(place)[0], cells={"region": "East"})], place.sign_in(role))

    assert place.one("select state from platform.exception") == "OPEN"
    refused = place.rows("select actor, details ->> 'act' as act from platform.audit_event where event = 'refused'")
    assert refused == [{"actor": role, "act": "release exceptions"}]


def test_a_forged_session_is_refused(place: Place) -> None:
    drop(place, "A2,2026-01-31,,Milk 1L,1,9\n")
    place.sign_in("steward")

    with pytest.raises(RefusedError, match="not signed in"):
        release(place, [Fix(exception_id=ids(place)[0])], SignedIn(account="steward", token="x" * 43))


def test_a_record_that_could_not_be_read_is_written_anew(place: Place) -> None:
    drop(place, "A2,2026-01-31,North,Milk 1L,1\n")
    (one,) = ids(place)
    parts = place.parts

    assert release(place, [Fix(exception_id=one)])[one].act is Act.STILL_OPEN
    fix = rewriting.rewritten(
        parts.warehouse, parts.store, parts.datasets, one, 'A2,2026-01-31,North,"Milk, whole",1,7.50'
    )
    assert release(place, [fix])[one].act is Act.RELEASED

    assert place.one("select revenue_inr from sales_orders.orders where product = 'Milk, whole'") == 7.5
    assert is_identical(place)


def test_saved_corrections_are_tried_later_in_the_name_of_their_author(place: Place) -> None:
    drop(place, "A2,2026-01-31,,Milk 1L,1,9\nA3,2026-01-31,,Milk 1L,1,9\n")
    first, second = ids(place)
    parts = place.parts
    anna = place.sign_in("steward", "anna")
    repairs.save(parts.warehouse, anna, parts.datasets, [Fix(exception_id=first, cells={"region": "East"})])

    results = repairs.resubmit_saved(parts.warehouse, parts.datasets)

    assert [(result.exception_id, result.act) for result in results] == [(first, Act.RELEASED)]
    assert place.one("select closed_by from platform.exception where state = 'RELEASED'") == "anna"
    assert ids(place) == [second]
    assert repairs.resubmit_saved(parts.warehouse, parts.datasets) == []


def test_a_spreadsheet_goes_out_and_comes_back_with_its_conflicts(place: Place) -> None:
    drop(place, "A2,2026-01-31,,Milk 1L,1,9\nA3,2026-01-31,,Milk 1L,1,-9\nA4,x,East,Milk 1L,1,9\n")
    a2, a3, a4 = ids(place)
    parts, steward = place.parts, place.sign_in("steward")
    dataset, sheet = parts.datasets["sales_orders"], place.folder / "sheet.csv"
    assert spreadsheets.export_exceptions(parts.warehouse, steward, dataset, Wanted(state="OPEN"), sheet) == 3
    with sheet.open(encoding="utf-8-sig", newline="") as source:
        rows = list(csv.DictReader(source))
    assert rows[1]["revenue"] == "'-9"
    assert "region is missing" in rows[0]["findings"]
    for row in rows[:2]:
        row["region"] = "West"
    release(place, [Fix(exception_id=a3, cells={"region": "East"})])
    with sheet.open("w", newline="") as target:
        writer = csv.DictWriter(target, rows[0], delimiter=";")
        writer.writeheader()
        writer.writerows(rows)

    brought = spreadsheets.read_corrections(parts.warehouse, dataset, sheet)
    results = release(place, list(brought.fixes))

    assert brought.unchanged == 1
    assert {one: result.act for one, result in results.items()} == {a2: Act.RELEASED, a3: Act.CONFLICT}
    assert a4 in ids(place)


def test_exceptions_are_found_by_what_people_know_of_them(place: Place) -> None:
    drop(place, "A2,2026-01-31,,Milk 1L,1,9\nA3,2026-01-31,Mars,Milk 100%,1,9\n", "one.csv")
    a2, a3 = ids(place)
    assert queries.count_exceptions(place.parts.warehouse, Wanted(state="OPEN")) == 2

    assert ids(place, rule="region_present") == [a2]
    assert ids(place, value="region=mars") == [a3]
    assert ids(place, value="milk 1l") == [a2]
    assert ids(place, value="100%") == [a3]
    assert ids(place, file="one.csv") == [a2, a3]
    assert ids(place, stage="reading") == []
    assert ids(place, category="MISSING_REQUIRED_FIELD") == [a2]


def test_the_same_broken_row_of_another_file_is_not_work_again_once_it_was_released(place: Place) -> None:
    broken = "A2,2026-01-31,,Milk 1L,1,9\n"
    drop(place, broken)
    release(place, [Fix(exception_id=ids(place)[0], cells={"region": "East"})])

    drop(place, broken + "A5,2026-01-31,East,Milk 1L,1,9\n", "again.csv")

    assert ids(place) == []
    assert "already loaded" in place.one("select reason from platform.exception where line = 3 and state = 'DISCARDED'")
    assert is_identical(place)


def test_two_updates_of_one_row_in_one_action_take_its_place_in_turn(place: Place) -> None:
    drop(place, "A1,2026-01-31,East,Milk 1L,1,9\nA1,2026-01-31,West,Milk 1L,1,7\n")
    first, second = ids(place)

    results = release(place, [Fix(exception_id=one) for one in (second, first)], is_update=True)

    assert [result.act for result in results.values()] == [Act.UPDATED, Act.UPDATED]
    states = place.rows("select line, state from platform.exception order by line")
    assert [tuple(row.values()) for row in states] == [(2, "SUPERSEDED"), (3, "SUPERSEDED"), (4, "RELEASED")]
    assert place.one("select region from sales_orders.orders where order_id = 'A1'") == "West"
    assert place.one("select revenue_inr from sales_orders.figures") == 7
    assert is_identical(place)


def test_a_saved_correction_asks_for_a_waiver_anew(place: Place) -> None:
    drop(place, "A1,2026-01-31,East,Milk 1L,1,9\n")
    (one,) = ids(place)
    anna, ben = place.sign_in("steward", "anna"), place.sign_in("steward", "ben")
    parts, fixes = place.parts, [Fix(exception_id=one)]
    repairs.ask_waiver(parts.warehouse, anna, parts.datasets, fixes, reason="the shop says so")
    repairs.save(parts.warehouse, anna, parts.datasets, [Fix(exception_id=one, cells={"revenue": "9000000"})])

    (granted,) = repairs.grant_waiver(parts.warehouse, ben, parts.datasets, fixes)

    assert granted.act is Act.STILL_OPEN
    assert place.one("select revenue_inr from sales_orders.orders where order_id = 'A1'") == 5


def test_a_row_saved_after_the_export_is_a_conflict_at_the_import(place: Place) -> None:
    drop(place, "A2,2026-01-31,,Milk 1L,1,9\n")
    (one,) = ids(place)
    release_by_sheet = Fix(exception_id=one, cells={"region": "East"}, attempt=0)
    repairs.save(
        place.parts.warehouse,
        place.sign_in("steward"),
        place.parts.datasets,
        [Fix(exception_id=one, cells={"region": "West"})],
    )

    assert release(place, [release_by_sheet])[one].act is Act.CONFLICT


def test_a_changed_text_of_a_correction_is_found_by_replay(place: Place) -> None:
    drop(place, "A2,2026-01-31,,Milk 1L,1,9\n")
    release(place, [Fix(exception_id=ids(place)[0], cells={"region": "East"})])
    assert is_identical(place)
    with place.parts.warehouse.transaction() as connection:
        connection.execute(
            """update platform.exception set corrected = '{"region": "West"}' where state = 'RELEASED'"""
        )

    with pytest.raises(AssertionError):
        is_identical(place)


def test_a_figure_that_is_not_what_the_rows_add_up_to_is_found(place: Place) -> None:
    drop(place, "")
    with place.parts.warehouse.transaction() as connection:
        connection.execute("update sales_orders.revenue_change set revenue_inr = revenue_inr + 1 where orders = 1")

    found = figures_that_differ(place.parts.warehouse, place.parts.datasets["sales_orders"])

    assert [(row["figure"], row["stored"], row["computed"]) for row in found] == [
        ("revenue_by_group", "[1, 1, 6.00]", "[1, 1, 5.00]")
    ]


def test_a_file_that_is_gone_from_the_archive_is_told_by_replay(place: Place) -> None:
    drop(place, "")
    parts = place.parts
    settings = parts.settings
    client = s3_client(settings.s3_endpoint, settings.s3_access_key, settings.s3_secret_key.get_secret_value())
    for one in client.list_objects_v2(Bucket=settings.archive_bucket)["Contents"]:
        client.delete_object(Bucket=settings.archive_bucket, Key=one["Key"])

    with pytest.raises(AssertionError, match="no such object"):
        is_identical(place)


def test_text_that_began_with_an_apostrophe_comes_back_as_it_was(place: Place) -> None:
    drop(place, "A2,x,North,'-9,1,9\nA3,x,North,-9,1,9\n")
    parts, steward = place.parts, place.sign_in("steward")
    dataset, sheet = parts.datasets["sales_orders"], place.folder / "sheet.csv"
    spreadsheets.export_exceptions(parts.warehouse, steward, dataset, Wanted(state="OPEN"), sheet)

    brought = spreadsheets.read_corrections(parts.warehouse, dataset, sheet)

    assert (brought.unchanged, list(brought.fixes)) == (2, [])
