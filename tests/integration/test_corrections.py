"""Loaded cells are corrected under the rules, with all that is derived; a correction outlives runs and versions."""

from decimal import Decimal

import pytest

from flows.core.errors import BrokenRulesError, ConflictError, MistakeError, RefusedError
from flows.services import corrections, rebuilding, repairs, reviews
from flows.services.corrections import Corrected, Edit
from flows.services.products import set_product
from flows.services.repairs import Act, Fix
from flows.services.thresholds import BEGINNING, remove_threshold, set_threshold
from tests.conftest import Place
from tests.integration.test_repairs import HEADER, ids, is_identical, release

ORDERS = HEADER + "A1,2026-01-31,North,Milk 1L,2,5\nA2,2026-01-31,East,Cola 500ml,1,7\nA3,2026-02-01,East,Milk 1L,1,1\n"
TELCO = "commercial_name,package_name,price,validity\n"
NAME = "Indosat_Medan_more3_20260115_x.csv"


def correct(
    place: Place,
    row: str,
    column: str,
    text: str,
    seen: str | None,
    role: str = "editor",
    dataset: str = "sales_orders",
) -> Corrected:
    edit = Edit(row=row, column=column, text=text, seen=seen)
    parts = place.parts
    (done,) = corrections.correct(parts.warehouse, place.sign_in(role), parts.datasets[dataset], [edit], reason="test")
    return done


def telco_row(place: Place, name: str) -> str:
    row = place.rows(
        "select run_id, line from telco_packages.packages where package_name = %(n)s and replaced_by_run is null",
        n=name,
    )[0]
    return f"{row['run_id']}:{row['line']}"


def test_a_correction_changes_the_row_its_derived_values_and_the_figures(place: Place) -> None:
    place.drop(ORDERS)

    done = correct(place, "A1", "revenue", "₹ 9,00", "5.00")

    assert (done.old_value, done.new_value) == ("5.00", "9.00")
    row = place.rows("select revenue_inr, unit_revenue_inr from sales_orders.orders where order_id = 'A1'")[0]
    assert row == {"revenue_inr": 9, "unit_revenue_inr": Decimal("4.50")}
    assert place.one("select revenue_inr from sales_orders.figures") == 17
    event = place.rows("select actor, details from platform.audit_event where event = 'correction'")[0]
    assert (event["actor"], event["details"]["old"], event["details"]["new"]) == ("editor", "5.00", "9.00")
    assert is_identical(place)


def test_a_correction_moves_a_row_from_one_group_to_another(place: Place) -> None:
    place.drop(ORDERS)

    correct(place, "A1", "region", " west ", "North")
    correct(place, "A1", "order_date", "2026-03-01", "2026-01-31")

    regions = place.rows("select region, orders from sales_orders.by_region order by region")
    assert [tuple(row.values()) for row in regions] == [("East", 2), ("West", 1)]
    assert place.one("select orders from sales_orders.by_month where order_month = '2026-03-01'") == 1


def test_the_rules_judge_a_correction(place: Place) -> None:
    place.drop(ORDERS)

    with pytest.raises(BrokenRulesError, match="quantity is 0, expected more than 0"):
        correct(place, "A1", "quantity", "0", "2")

    assert place.one("select quantity from sales_orders.orders where order_id = 'A1'") == 2
    assert place.one("select count(*) from platform.correction") == 0


def test_the_second_of_two_people_is_told_both_values(place: Place) -> None:
    place.drop(ORDERS)
    correct(place, "A1", "revenue", "6", "5.00")

    with pytest.raises(ConflictError, match=r"was '5.00' when you saw it and was changed to '6.00' by editor") as told:
        correct(place, "A1", "revenue", "8", "5.00", role="steward")

    assert (told.value.current, told.value.wanted) == ("6.00", "8")
    assert place.one("select revenue_inr from sales_orders.orders where order_id = 'A1'") == 6


def test_an_undo_is_one_more_correction(place: Place) -> None:
    place.drop(ORDERS)
    parts, editor = place.parts, place.sign_in("editor")
    dataset = parts.datasets["sales_orders"]
    first = correct(place, "A1", "revenue", "6", "5.00")

    corrections.undo(parts.warehouse, editor, dataset, first.correction_id)

    assert place.one("select revenue_inr from sales_orders.orders where order_id = 'A1'") == 5
    kinds = [row["kind"] for row in corrections.history(parts.warehouse, dataset, "A1")]
    assert kinds == ["CORRECTION", "UNDO"]
    with pytest.raises(MistakeError, match="taken back before"):
        corrections.undo(parts.warehouse, editor, dataset, first.correction_id)
    assert is_identical(place)


def test_an_undo_after_another_correction_is_a_conflict(place: Place) -> None:
    place.drop(ORDERS)
    first = correct(place, "A1", "revenue", "6", "5.00")
    correct(place, "A1", "revenue", "8", "6.00")

    with pytest.raises(ConflictError):
        corrections.undo(
            place.parts.warehouse, place.sign_in("editor"), place.parts.datasets["sales_orders"], first.correction_id
        )


def test_a_key_is_corrected_unless_another_row_stands_under_it(place: Place) -> None:
    place.drop(ORDERS)

    correct(place, "A1", "order_id", "B1", "A1")
    with pytest.raises(BrokenRulesError, match="stands under this key"):
        correct(place, "B1", "order_id", "A2", "B1")

    assert is_identical(place)


def test_a_viewer_corrects_nothing(place: Place) -> None:
    place.drop(ORDERS)

    with pytest.raises(RefusedError, match="needs the role editor"):
        correct(place, "A1", "revenue", "6", "5.00", role="viewer")


def test_a_correction_survives_the_same_rows_of_another_file(place: Place) -> None:
    place.drop(ORDERS)
    correct(place, "A1", "revenue", "6", "5.00")

    again = place.drop(ORDERS + "A4,2026-02-01,East,Milk 1L,1,1\n", "again.csv")

    assert (again.outcome.rows_loaded, again.outcome.rows_loaded_already) == (1, 3)
    assert place.one("select revenue_inr from sales_orders.orders where order_id = 'A1'") == 6
    assert is_identical(place)


def test_a_file_that_says_what_was_corrected_is_loaded_already(place: Place) -> None:
    place.drop(ORDERS)
    correct(place, "A1", "revenue", "6", "5.00")

    again = place.drop(ORDERS.replace("2,5\n", "2,6\n"), "repaired.csv")

    assert again.outcome.rows_loaded_already == 3
    assert is_identical(place)


def test_corrections_follow_to_a_new_version_or_are_reported(place: Place) -> None:
    rows = ["Freedom,Small,10000,1", "Freedom,Big,80000,30", "Freedom,Gone,5000,1", "Freedom,Other,20000,7"]
    place.drop(TELCO + "\n".join(rows) + "\n", NAME, "telco_packages")
    for name, price, seen in (
        ("Small", "12000", "10000.00"),
        ("Big", "70000", "80000.00"),
        ("Gone", "6000", "5000.00"),
    ):
        correct(place, telco_row(place, name), "price", price, seen, dataset="telco_packages")
    assert place.one("select price_tier from telco_packages.packages where package_name = 'Big'") == "Medium"

    place.drop(
        TELCO + "Freedom,New,1000,1\n freedom ,SMALL,10000,1\nFreedom,Big,90000,30\nFreedom,Other,20000,7\n",
        NAME,
        "telco_packages",
    )

    found = place.rows(
        "select package_name, price_idr::integer as price from telco_packages.packages where replaced_by_run is null"
    )
    assert {row["package_name"]: row["price"] for row in found} == {
        "New": 1000, "SMALL": 12000, "Big": 90000, "Other": 20000,
    }  # fmt: skip
    conflicts = corrections.conflicts(place.parts.warehouse)
    told = {(one["made_on"], one["corrected_to"], one["found"]): one["reason"] for one in conflicts}
    assert told == {
        ("80000.00", "70000.00", "90000.00"): "the file says something else by now",
        ("5000.00", "6000.00", None): "the row is no longer in the file",
    }
    assert is_identical(place)


def test_going_back_to_an_older_version_brings_its_corrections_back(place: Place) -> None:
    first = TELCO + "Freedom,Small,10000,1\n"
    place.drop(first, NAME, "telco_packages")
    correct(place, telco_row(place, "Small"), "price", "12000", "10000.00", dataset="telco_packages")
    place.drop(TELCO + "Freedom,Small,11000,1\n", NAME, "telco_packages")
    assert len(corrections.conflicts(place.parts.warehouse)) == 1

    place.drop(first, NAME, "telco_packages")

    price = "select price_idr from telco_packages.packages where replaced_by_run is null"
    assert place.one(price) == 12000
    assert corrections.conflicts(place.parts.warehouse) == []
    kept = place.rows("select kind, made_by from platform.correction order by correction_id")
    assert [tuple(row.values()) for row in kept] == [("CORRECTION", "editor"), ("CARRIED", "editor")]
    assert is_identical(place)


def test_a_repair_of_a_held_row_follows_to_a_new_version(place: Place) -> None:
    held = "Freedom,Dear,ask,1\n"
    rest = "Freedom,Small,10000,1\nFreedom,Big,90000,1\n"
    place.drop(TELCO + rest + held, NAME, "telco_packages")
    release(place, [Fix(exception_id=ids(place)[0], cells={"price": "99.000"})])

    again = place.drop(TELCO + held + rest + "Freedom,New,1,1\n", NAME, "telco_packages")

    row = place.rows(
        "select price_idr, line, run_id from telco_packages.packages "
        "where package_name = 'Dear' and replaced_by_run is null"
    )[0]
    assert row == {"price_idr": 99000, "line": 2, "run_id": again.run_id}
    assert ids(place) == []
    assert place.one("select carried_from from platform.exception_correction where carried_from is not null") > 0
    assert is_identical(place)


def test_a_conflict_is_settled_by_an_undo_or_by_a_new_correction(place: Place) -> None:
    place.drop(TELCO + "F,Small,10000,1\nF,Big,20000,1\n", NAME, "telco_packages")
    small = correct(place, telco_row(place, "Small"), "price", "12000", "10000.00", dataset="telco_packages")
    correct(place, telco_row(place, "Big"), "price", "22000", "20000.00", dataset="telco_packages")
    place.drop(TELCO + "F,Small,11000,1\nF,Big,21000,1\n", NAME, "telco_packages")
    parts = place.parts

    corrections.undo(parts.warehouse, place.sign_in("editor"), parts.datasets["telco_packages"], small.correction_id)
    correct(place, telco_row(place, "Big"), "price", "22000", "21000.00", dataset="telco_packages")

    assert corrections.conflicts(parts.warehouse) == []
    prices = place.rows("select price_idr from telco_packages.packages where replaced_by_run is null order by line")
    assert [row["price_idr"] for row in prices] == [11000, 22000]
    assert is_identical(place)


def test_a_row_of_a_replaced_version_is_not_corrected(place: Place) -> None:
    place.drop(TELCO + "F,Small,10000,1\n", NAME, "telco_packages")
    old = telco_row(place, "Small")
    place.drop(TELCO + "F,Small,11000,1\n", NAME, "telco_packages")

    with pytest.raises(MistakeError, match="newer one replaced"):
        correct(place, old, "price", "1", "10000.00", dataset="telco_packages")


def test_thresholds_move_the_packages_they_concern_after_a_preview(place: Place) -> None:
    place.drop(TELCO + "F,Small,10000,1\nF,Big,80000,1\n", NAME, "telco_packages")
    place.drop(TELCO + "F,Small,10000,1\n", NAME.replace("Indosat", "XL"), "telco_packages")
    parts, steward = place.parts, place.sign_in("steward")
    chosen = {
        "medium_from_idr": Decimal(5000),
        "high_from_idr": Decimal(90000),
        "operator": "indosat",
        "starts_on": BEGINNING,
    }
    tiers = (
        "select operator, price_tier, count(*)::integer as n from telco_packages.packages group by 1, 2 order by 1, 2"
    )
    before = place.rows(tiers)
    telco = parts.datasets["telco_packages"]

    preview = set_threshold(parts.warehouse, steward, telco, **chosen, is_preview=True)  # type: ignore[arg-type]  # one dict for two calls
    assert place.rows(tiers) == before
    moved = set_threshold(parts.warehouse, steward, telco, **chosen)  # type: ignore[arg-type]  # as above

    assert preview == moved
    assert moved.packages == 2
    assert moved.tiers == {("Indosat", "High"): -1, ("Indosat", "Low"): -1, ("Indosat", "Medium"): 2}
    assert place.rows("select price_tier, packages from telco_packages.by_price_tier order by 1") == [
        {"price_tier": "Low", "packages": 1},
        {"price_tier": "Medium", "packages": 2},
    ]
    assert is_identical(place)
    number = place.one("select threshold_id from telco_packages.price_threshold where operator is not null")
    remove_threshold(parts.warehouse, steward, telco, number)
    assert place.rows(tiers) == before
    assert is_identical(place)


def test_a_product_gets_its_category_and_the_figures_follow(place: Place) -> None:
    place.drop(ORDERS.replace("Cola 500ml", "New Cola"))
    parts, steward = place.parts, place.sign_in("steward")
    sales = parts.datasets["sales_orders"]

    preview = set_product(parts.warehouse, steward, sales, "New Cola", "Beverages", is_preview=True)
    set_product(parts.warehouse, steward, sales, "New Cola", "Beverages")

    assert (preview.category_before, preview.orders, preview.revenue_inr) == ("Uncategorised", 1, Decimal(7))
    assert place.one("select revenue_inr from sales_orders.by_category where category = 'Beverages'") == 7
    assert is_identical(place)
    with pytest.raises(RefusedError):
        set_product(parts.warehouse, place.sign_in("editor"), sales, "X", "Y")


def test_a_changed_byte_of_a_stored_row_is_found_and_a_rebuild_mends_it(place: Place) -> None:
    run = place.drop(ORDERS).run_id
    correct(place, "A2", "revenue", "8", "7.00")
    with place.parts.warehouse.transaction() as connection:
        connection.execute("update sales_orders.orders set product = 'Milk 2L' where order_id = 'A1'")
    with pytest.raises(AssertionError, match="Milk 2L"):
        is_identical(place)
    parts = place.parts

    found = rebuilding.rebuild(
        parts.warehouse, parts.store, place.sign_in("steward"), parts.datasets, run, place.folder / "scratch"
    )

    assert [(one.line, one.what, one.stored, one.computed) for one in found.differences] == [
        (2, "product", "Milk 2L", "Milk 1L")
    ]
    assert is_identical(place)
    assert place.one("select revenue_inr from sales_orders.orders where order_id = 'A2'") == 8


def test_a_rebuild_holds_and_loads_what_other_rules_say(place: Place) -> None:
    run = place.drop(ORDERS + "A5,2026-02-01,East,Milk 1L,0,1\n").run_id
    parts = place.parts
    with parts.warehouse.transaction() as connection:  # as if the rule had been another one at the time
        connection.execute("delete from sales_orders.orders where order_id = 'A3'")
        connection.execute(
            """
            insert into platform.exception
                (dataset, run_id, file_id, line, byte_start, byte_length, cells, stage, category)
            select dataset, run_id, file_id, 4, byte_start - 30, 29, cells, stage, category from platform.exception
            """
        )
        connection.execute(
            "insert into sales_orders.revenue_change values (%s, '2026-02-01', 'East', 'Milk 1L', -1, -1, -1)", (run,)
        )

    rebuilding.rebuild(
        parts.warehouse, parts.store, place.sign_in("steward"), parts.datasets, run, place.folder / "scratch"
    )

    assert place.one("select count(*) from sales_orders.orders") == 3
    assert place.one("select revenue_inr from sales_orders.figures") == 13
    assert place.rows("select rows_loaded, rows_held, first_pass_quality from platform.run_measures") == [
        {"rows_loaded": 3, "rows_held": 1, "first_pass_quality": Decimal("0.75")}
    ]


def test_a_row_whose_key_was_corrected_is_known_under_its_old_key(place: Place) -> None:
    place.drop(ORDERS)
    correct(place, "A1", "order_id", "B1", "A1")

    again = place.drop(ORDERS + "A9,2026-02-01,East,Milk 1L,1,1\n", "again.csv")

    assert (again.outcome.rows_loaded, again.outcome.rows_loaded_already) == (1, 3)
    assert place.one("select count(*) from sales_orders.orders where order_id = 'A1'") == 0
    assert is_identical(place)


def test_a_conflict_of_a_repair_is_settled(place: Place) -> None:
    rest = "F,Small,10000,1\nF,Big,20000,1\n"
    place.drop(TELCO + rest + "F,Dear,ask,1\n", NAME, "telco_packages")
    release(place, [Fix(exception_id=ids(place)[0], cells={"price": "99000"})])
    place.drop(TELCO + rest + "F,Dear,call us,1\n", NAME, "telco_packages")
    (conflict,) = corrections.conflicts(place.parts.warehouse)

    corrections.settle_conflict(
        place.parts.warehouse, place.sign_in("editor"), conflict["conflict_id"], reason="the price is gone"
    )

    assert corrections.conflicts(place.parts.warehouse) == []
    event = place.rows("select actor from platform.audit_event where event = 'correction_conflict_settled'")
    assert event == [{"actor": "editor"}]


def test_a_correction_that_was_only_saved_follows_to_a_new_version(place: Place) -> None:
    rest = "F,Small,10000,1\nF,Big,20000,1\n"
    place.drop(TELCO + rest + "F,Dear,ask,1\n", NAME, "telco_packages")
    repairs.save(
        place.parts.warehouse,
        place.sign_in("steward"),
        place.parts.datasets,
        [Fix(exception_id=ids(place)[0], cells={"price": "99000"})],
    )
    place.drop(TELCO + "F,Dear,ask,1\n" + rest + "F,New,1,1\n", NAME, "telco_packages")

    results = repairs.resubmit_saved(place.parts.warehouse, place.parts.datasets)

    assert [result.act for result in results] == [Act.RELEASED]
    assert (
        place.one(
            "select price_idr from telco_packages.packages where package_name = 'Dear' and replaced_by_run is null"
        )
        == 99000
    )
    assert is_identical(place)


def test_the_figures_of_an_operator_follow_a_version_without_good_rows(place: Place) -> None:
    place.drop(TELCO + "F,Small 1GB,10000,1\n", NAME, "telco_packages")
    assert place.one("select count(*) from telco_packages.operator_price_per_gb") == 1
    run = place.drop(TELCO + "F,Small 1GB,ask,1\n", NAME, "telco_packages").run_id
    reviews.let_go_on(place.parts.warehouse, place.sign_in("steward"), run, reason="it is so")

    place.load_all()

    assert place.one("select count(*) from telco_packages.operator_price_per_gb") == 0
    assert is_identical(place)
