"""What people wrote into a row while it was held is told of the loaded row, cell by cell."""

from flows.services import corrections, repairs
from flows.services.corrections import Edit
from flows.services.held_cells import held_cells, whole_history
from flows.services.repairs import Fix
from tests.conftest import Place
from tests.integration.test_repairs import drop, ids, release

Told = tuple[str, str | None, str | None, str, str]


def told(place: Place, key: str, dataset: str = "sales_orders") -> list[Told]:
    row = place.rows("select run_id, line from sales_orders.orders where order_id = %(key)s", key=key)[0]
    found = held_cells(place.parts.warehouse, place.parts.datasets[dataset], [(str(row["run_id"]), row["line"])])
    return [
        (one["column_name"], one["old_value"], one["new_value"], one["made_by"], one["reason"])
        for one in found[str(row["run_id"]), row["line"]]
    ]


def test_each_cell_that_a_release_changed_is_told_and_no_other(place: Place) -> None:
    drop(place, "B1,2026-01-31,,Milk 1L,-2,5\n")
    release(place, [Fix(exception_id=ids(place)[0], cells={"region": "North", "quantity": "2", "product": "Milk 1L"})])

    assert told(place, "B1") == [
        ("region", "", "North", "steward", "test"),
        ("quantity", "-2", "2", "steward", "test"),
    ]


def test_a_cell_that_was_saved_first_and_tried_again_has_all_its_steps(place: Place) -> None:
    drop(place, "B1,2026-01-31,North,Milk 1L,-2,5\n")
    (number,), parts = ids(place), place.parts
    fix = Fix(exception_id=number, cells={"quantity": "3"})
    repairs.save(parts.warehouse, place.sign_in("steward"), parts.datasets, [fix], reason="by phone")
    release(place, [Fix(exception_id=number, cells={"quantity": "-4"})])
    release(place, [Fix(exception_id=number, cells={"quantity": "4"})])

    assert told(place, "B1") == [
        ("quantity", "-2", "3", "steward", "by phone"),
        ("quantity", "3", "-4", "steward", "test"),
        ("quantity", "-4", "4", "steward", "test"),
    ]


def test_a_record_that_could_not_be_read_had_no_cells(place: Place) -> None:
    drop(place, 'B1,2026-01-31,North,"Milk 1L,1,5\n')
    cells = {"order_id": "B1", "order_date": "2026-01-31", "region": "North", "product": "Milk 1L",
             "quantity": "1", "revenue": "5"}  # fmt: skip
    release(place, [Fix(exception_id=ids(place)[0], cells=cells)])

    assert told(place, "B1") == [(name, None, text, "steward", "test") for name, text in cells.items()]


def test_an_update_tells_what_was_written_over_the_file(place: Place) -> None:
    drop(place, "B1,2026-01-31,North,Milk 1L,1,5\n")
    drop(place, "B1,2026-01-31,North,Milk 1L,-1,6\n", "later.csv")
    release(place, [Fix(exception_id=ids(place)[0], cells={"quantity": "7"})], is_update=True)

    assert told(place, "B1") == [("quantity", "-1", "7", "steward", "test")]


def test_rows_that_nobody_wrote_into_have_none(place: Place) -> None:
    drop(place, "B1,2026-01-31,North,Milk 1L,-2,5\n")

    assert told(place, "A1") == []
    assert held_cells(place.parts.warehouse, place.parts.datasets["sales_orders"], []) == {}


def test_the_history_of_a_row_begins_while_it_was_held(place: Place) -> None:
    drop(place, "B1,2026-01-31,North,Milk 1L,-2,5\n")
    release(place, [Fix(exception_id=ids(place)[0], cells={"quantity": "2"})])
    warehouse, dataset = place.parts.warehouse, place.parts.datasets["sales_orders"]
    assert [one["kind"] for one in whole_history(warehouse, dataset, "B1")] == ["HELD"]

    edit = Edit(row="B1", column="quantity", text="3", seen="2")
    corrections.correct(warehouse, place.sign_in("editor"), dataset, [edit])

    found = whole_history(warehouse, dataset, "B1")
    assert [(one["kind"], one["old_value"], one["new_value"]) for one in found] == [
        ("HELD", "-2", "2"),
        ("CORRECTION", "2", "3"),
    ]
    assert found[0].keys() == found[1].keys()
