"""Files in the ledger: batches, duplicates, versions, claims."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from uuid import uuid4

import pytest

from flows.adapters import ledger, liveness
from flows.core.errors import FenceLostError, MistakeError
from flows.pickup_name import WORKER_VARIABLE
from flows.services import publishing, running
from flows.services.landing import Scanner, guess_dataset
from tests.conftest import Place

HEADER = "order_id,order_date,region,product,quantity,revenue\n"
TELCO = "package_name,price,validity\n"


def order(number: int, revenue: str = "5") -> str:
    return f"A{number},2026-01-31,North,Milk 1L,1,{revenue}\n"


def test_batches_are_numbered_without_gaps_under_concurrency(place: Place) -> None:
    day = date(2026, 3, 1)
    with ThreadPoolExecutor(8) as threads:
        batches = list(threads.map(lambda _: ledger.allocate_batch(place.parts.warehouse, day, "me"), range(24)))

    assert sorted(batches) == sorted(f"batch_010326_{n}" for n in range(1, 25))


def test_ten_concurrent_scans_register_each_object_once_in_one_batch(place: Place) -> None:
    for number in range(20):
        path = place.folder / f"{number}.csv"
        path.write_text(HEADER + order(number))
        place.parts.store.land(path, f"sales_orders/{number}.csv", {})
    parts = place.parts
    scanners = [Scanner(parts.settings, parts.warehouse, parts.store, parts.datasets) for _ in range(10)]

    with ThreadPoolExecutor(10) as threads:
        found = list(threads.map(lambda scanner: scanner.scan(), scanners))

    assert sum(found) == 20
    assert place.rows("select distinct batch from platform.file") == [
        {"batch": place.one("select batch from platform.batch")}
    ]


def test_a_tag_that_names_no_batch_is_not_believed(place: Place) -> None:
    path = place.folder / "a.csv"
    path.write_text(HEADER + order(1))
    place.parts.store.land(path, "sales_orders/a.csv", {"quayside-batch": "batch_010101_7"})

    place.load_all()

    assert place.one("select source from platform.batch") == "pickup"


def test_the_same_bytes_are_a_duplicate_under_any_name(place: Place) -> None:
    place.drop(HEADER + order(1), "a.csv")

    again = place.drop(HEADER + order(1), "b.csv")

    assert again.outcome.state == "DUPLICATE"
    assert place.one("select state from platform.file where file_id = %(f)s", f=again.file_id) == "DUPLICATE"
    assert place.one("select count(*) from sales_orders.orders") == 1


def test_the_same_bytes_at_the_same_time_are_loaded_once(place: Place) -> None:
    for name in ("a.csv", "b.csv", "c.csv", "d.csv"):
        place.put((HEADER + order(1)).encode(), name)
    place.scanner.scan()
    parts = place.parts
    claimed = ledger.claim(parts.warehouse, limit=9, lease_s=60, max_attempts=5)

    with ThreadPoolExecutor(4) as threads:
        states = list(threads.map(lambda one: running.run_file(running.begin(parts, one, uuid4())).state, claimed))

    assert sorted(states) == ["COMPLETED", "DUPLICATE", "DUPLICATE", "DUPLICATE"]


def test_a_rejected_file_makes_no_later_one_a_duplicate(place: Place) -> None:
    assert place.drop(HEADER).outcome.state == "REJECTED"
    assert place.drop(HEADER).outcome.state == "REJECTED"


def test_files_with_common_keys_at_the_same_time_end_as_one_after_the_other(place: Place) -> None:
    for file in range(4):
        place.put((HEADER + "".join(order(n, str(file + 1)) for n in range(200))).encode(), f"{file}.csv")
    place.scanner.scan()
    parts = place.parts
    claimed = ledger.claim(parts.warehouse, limit=9, lease_s=60, max_attempts=5)

    with ThreadPoolExecutor(4) as threads:
        outcomes = list(threads.map(lambda one: running.run_file(running.begin(parts, one, uuid4())), claimed))

    states = sorted(outcome.state for outcome in outcomes)
    assert states == ["AWAITING_REVIEW"] * 3 + ["COMPLETED"]
    assert place.one("select count(*) from sales_orders.orders") == 200


def test_a_later_row_with_other_content_is_held_and_names_the_cells_that_differ(place: Place) -> None:
    place.drop(HEADER + order(1) + order(2) + order(1, "7") + order(2))

    found = place.rows(
        """
        select e.line, e.state, e.reason, e.cells ->> 'revenue' as revenue, e.standing_line, f.message
        from platform.exception as e left join platform.finding as f on f.run_id = e.run_id and f.line = e.line
        order by e.line
        """
    )

    assert [(row["line"], row["state"], row["revenue"], row["standing_line"]) for row in found] == [
        (4, "OPEN", "7", 2),
        (5, "DISCARDED", "5", 3),
    ]
    assert "revenue is 7.00 here and 5.00 there" in found[0]["message"]
    assert "already loaded: line 3 of run" in found[1]["reason"]


def test_a_duplicate_names_the_run_of_the_row_that_stands(place: Place) -> None:
    standing = place.drop(HEADER + order(1) + order(2), "a.csv").run_id
    place.drop(HEADER + order(5) + order(1) + order(6) + order(2, "7"), "b.csv")

    found = place.rows("select standing_run_id, standing_line, state, reason from platform.exception order by line")

    assert [(row["standing_run_id"], row["standing_line"]) for row in found] == [(standing, 2), (standing, 3)]
    assert f"line 2 of run {standing}" in found[0]["reason"]


def test_undeclared_columns_in_another_order_are_no_difference(place: Place) -> None:
    header = HEADER.strip()
    place.drop(f"{header},a,b\n{order(1).strip()},x,y\n", "a.csv")

    again = place.drop(f"{header},b,a\n{order(1).strip()},y,x\n", "b.csv")

    assert again.outcome.rows_loaded_already == 1


def test_the_undeclared_cells_of_a_held_row_are_kept(place: Place) -> None:
    place.drop(f"{HEADER.strip()},note\n{order(1).strip()},x\n{order(1, 'never').strip()},hello\n")

    assert place.one("select extra ->> 'note' from platform.exception") == "hello"


def test_rows_that_differ_in_an_undeclared_column_are_not_repeated(place: Place) -> None:
    place.drop("package_name,price,note\nFlash,5000,a\nFlash,5000,b\n", "XL_Medan_less3_20260115.csv", "telco_packages")

    assert place.one("select count(*) from platform.finding") == 0


def test_an_extreme_price_per_gb_stops_no_file(place: Place) -> None:
    content = TELCO + "X 1MB,99999999999999,1\nPaket ٣ hari ３GB,5000,３０\n"

    assert place.drop(content, "XL_Medan_less3_20260115.csv", "telco_packages").outcome.rows_loaded == 2


def test_an_older_version_never_overtakes_a_newer_one(place: Place) -> None:
    name = "XL_Medan_less3_20260115.csv"
    place.put((TELCO + "Old,1,1\n").encode(), name, "telco_packages")
    place.put((TELCO + "New,1,1\n").encode(), name, "telco_packages")
    place.scanner.scan()
    parts = place.parts

    (first,) = ledger.claim(parts.warehouse, limit=9, lease_s=60, max_attempts=5)
    assert ledger.claim(parts.warehouse, limit=9, lease_s=60, max_attempts=5) == []
    running.run_file(running.begin(parts, first, uuid4()))
    place.load_all()

    assert place.one("select package_name from telco_packages.packages where replaced_by_run is null") == "New"


def test_a_publish_that_is_tried_again_after_its_commit_tells_the_same(place: Place) -> None:
    place.put((HEADER + order(1)).encode())
    place.scanner.scan()
    parts = place.parts
    (claimed,) = ledger.claim(parts.warehouse, limit=1, lease_s=60, max_attempts=5)
    load = running.begin(parts, claimed, uuid4())
    outcome = running.run_file(load)

    assert publishing.publish(load) == outcome


def test_a_run_whose_claim_is_held_by_a_long_publish_is_alive(place: Place) -> None:
    place.put((HEADER + order(1)).encode())
    place.scanner.scan()
    parts = place.parts
    (claimed,) = ledger.claim(parts.warehouse, limit=1, lease_s=0, max_attempts=5)
    load = running.begin(parts, claimed, uuid4())
    told = [str(load.run_id)]
    assert liveness.living_runs(parts.warehouse, told, silence_s=0) == set()

    with parts.warehouse.transaction() as connection:
        ledger.hold_fence(connection, claimed)
        assert liveness.living_runs(parts.warehouse, told, silence_s=0) == set(told)


def test_a_worker_is_loading_until_its_files_are_in_the_marts_or_their_leases_are_over(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse = place.parts.warehouse
    monkeypatch.setenv(WORKER_VARIABLE, "here")
    place.put((HEADER + order(1)).encode())
    place.scanner.scan()
    (claimed,) = ledger.claim(warehouse, limit=1, lease_s=60, max_attempts=5)
    load = running.begin(place.parts, claimed, uuid4())

    assert [liveness.is_loading(warehouse, one) for one in ("here", "there")] == [True, False]

    ledger.renew(warehouse, claimed, lease_s=0)
    assert not liveness.is_loading(warehouse, "here")
    ledger.renew(warehouse, claimed, lease_s=60)
    assert liveness.is_loading(warehouse, "here")
    running.run_file(load)
    assert not liveness.is_loading(warehouse, "here")


def test_the_first_of_three_rows_of_one_key_stands(place: Place) -> None:
    outcome = place.drop(
        HEADER + order(9) + order(8) + order(1, "1") + order(1, "2") + order(1, "3") + order(7)
    ).outcome

    assert (outcome.rows_loaded, outcome.rows_held) == (4, 2)
    assert place.one("select line from sales_orders.orders where order_id = 'A1'") == 4


def test_a_new_version_of_a_telco_file_takes_the_place_of_the_old_one_and_back(place: Place) -> None:
    name = "XL_Medan_less3_20260115.csv"
    first = TELCO + "One,1000,7\nTwo,,7\nThree,3000,7\n"
    second = TELCO + "One,1500,7\n"
    place.drop(first, name, "telco_packages")

    place.drop(second, name, "telco_packages")

    assert place.rows(
        "select package_name, price_idr::integer from telco_packages.packages where replaced_by_run is null"
    ) == [{"package_name": "One", "price_idr": 1500}]
    assert place.one("select count(*) from telco_packages.packages") == 3
    assert place.one("select state from platform.exception") == "SUPERSEDED"
    assert place.one("select packages from telco_packages.snapshots") == 1

    assert place.drop(second, name, "telco_packages").outcome.state == "DUPLICATE"
    assert place.drop(first, name, "telco_packages").outcome.state == "COMPLETED"
    assert place.one("select packages from telco_packages.snapshots") == 2


def test_the_same_telco_bytes_under_another_name_are_another_file(place: Place) -> None:
    content = TELCO + "One,1000,7\n"
    place.drop(content, "XL_Medan_less3_20260115.csv", "telco_packages")

    assert place.drop(content, "XL_Medan_less3_20260116.csv", "telco_packages").outcome.state == "COMPLETED"


def test_what_changed_between_two_snapshots_is_told(place: Place) -> None:
    place.drop(TELCO + "Gone,1,1\nDearer,1,1\nCheaper,9,1\nSame,5,1\n", "XL_Medan_less3_20260115.csv", "telco_packages")
    place.drop(TELCO + "New,1,1\nDEARER,2,1\nCheaper,8,1\nSame,5,1\n", "XL_Medan_less3_20260116.csv", "telco_packages")

    changes = place.rows("select change, package_name from telco_packages.latest_changes order by change")

    assert [tuple(row.values()) for row in changes] == [
        ("cheaper", "Cheaper"),
        ("dearer", "DEARER"),
        ("gone", "Gone"),
        ("new", "New"),
    ]


def test_a_telco_row_repeated_exactly_loads_with_a_warning(place: Place) -> None:
    outcome = place.drop(TELCO + "One,1000,7\nOne,1000,7\n", "XL_Medan_less3_20260115.csv", "telco_packages").outcome

    assert outcome.rows_loaded == 2
    assert place.rows("select line, rule, severity from platform.finding") == [
        {"line": 3, "rule": "row_is_not_repeated", "severity": "warning"}
    ]


def test_a_late_owner_is_refused_by_the_fence(place: Place) -> None:
    place.put((HEADER + order(1)).encode())
    place.scanner.scan()
    parts = place.parts
    (late,) = ledger.claim(parts.warehouse, limit=1, lease_s=0, max_attempts=5)
    load = running.begin(parts, late, uuid4())
    (owner,) = ledger.claim(parts.warehouse, limit=1, lease_s=60, max_attempts=5)

    with pytest.raises(FenceLostError):
        running.run_file(load)

    assert running.run_file(running.begin(parts, owner, uuid4())).state == "COMPLETED"
    assert place.one("select count(*) from sales_orders.orders") == 1
    assert place.one("select state from platform.run where run_id = %(r)s", r=load.run_id) == "FAILED"


def test_a_file_that_never_ends_is_given_up(place: Place) -> None:
    place.put((HEADER + order(1)).encode())
    place.scanner.scan()
    for _ in range(2):
        assert ledger.claim(place.parts.warehouse, limit=1, lease_s=0, max_attempts=2)

    assert ledger.claim(place.parts.warehouse, limit=1, lease_s=0, max_attempts=2) == []
    assert place.one("select state from platform.file") == "FAILED"


def test_the_dataset_is_guessed_from_the_header(place: Place) -> None:
    path = place.folder / "x.csv"
    path.write_text(HEADER)
    assert guess_dataset(path, place.parts.datasets).name == "sales_orders"
    path.write_text("a,b\n")
    with pytest.raises(MistakeError):
        guess_dataset(path, place.parts.datasets)


def test_of_two_pickups_of_a_worker_the_later_one_is_surplus_while_the_first_lives(place: Place) -> None:
    warehouse, first, second, elsewhere = place.parts.warehouse, uuid4(), uuid4(), uuid4()
    for run_id, worker in ((elsewhere, "there"), (first, "here"), (second, "here")):
        liveness.watch(warehouse, run_id, worker)

    assert [liveness.is_surplus(warehouse, one, 15) for one in (elsewhere, first, second)] == [False, False, True]

    with warehouse.transaction() as connection:
        connection.execute("update platform.watcher set seen_at = now() - interval '16 s' where run_id = %s", (first,))
    assert not liveness.is_surplus(warehouse, second, 15)
