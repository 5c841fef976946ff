"""What a browser tells the grid is never believed: columns, rows and roles are the server's."""

import threading
from typing import Any

import pytest

from dashboard.address import Address
from dashboard.auth import Visitor
from dashboard.browser import Browser
from dashboard.pages.grid import counting
from dashboard.pages.grid.sheet import Sheet
from dashboard.store import grid as store
from dashboard.visit import Visit
from flows.services import corrections
from flows.services.accounts import Role
from flows.services.corrections import Edit
from tests.conftest import Place

FILE = """order_id,order_date,region,product,quantity,revenue
A1,2026-01-01,North,Milk 1L,2,10.00
A2,2026-01-15,South,<script>x</script>,1,20.00
A3,2026-02-01,North,Milk 1L,3,30.00
"""
PATIENCE_S = 30


def _sheet(place: Place, role: str, query: dict[str, str] | None = None) -> Sheet:
    actor = place.sign_in(role)
    visit = Visit(place.parts, Visitor(actor=actor, role=Role(role)), Browser())
    visit.opened(Address("grid", query or {}))
    return Sheet(visit)


def _tell(sheet: Sheet, **message: Any) -> None:
    sheet._table._handle_msg(message)


def _corrections(place: Place) -> int:
    return int(place.one("select count(*) from platform.correction"))


@pytest.mark.parametrize(
    "message",
    [
        {"what": "edit", "row": "A1", "column": "unit_revenue_inr", "text": "1"},
        {"what": "edit", "row": "A1", "column": "run_id", "text": "1"},
        {"what": "edit", "row": "A1", "column": "quantity", "text": "0"},
        {"what": "edit", "row": "A9", "column": "quantity", "text": "5"},
        {"what": "edit", "row": "A1", "column": "quantity", "text": {"$gt": 0}},
        {"what": "edit", "row": "A1", "column": "quantity'; drop table x; --", "text": "5"},
        {"what": "_edit", "row": "A1", "column": "quantity", "text": "5"},
        {"what": "filter", "column": "quantity) or (1=1", "text": "5"},
        {"what": "sort", "column": "quantity; drop table x"},
        {"what": "page", "way": "'; drop table x"},
        {"what": "paste", "row": "A1", "column": "line", "text": "5"},
    ],
)
def test_a_forged_message_changes_nothing(place: Place, message: dict[str, Any]) -> None:
    place.drop(FILE)
    sheet = _sheet(place, "steward")
    before = sheet._table.page["rows"]
    _tell(sheet, **message)
    assert _corrections(place) == 0
    assert sheet._table.page["rows"] == before


def test_a_viewer_who_forges_an_edit_is_refused_and_audited(place: Place) -> None:
    place.drop(FILE)
    sheet = _sheet(place, "viewer")
    assert not any(column["is_editable"] for column in sheet._table.columns)
    _tell(sheet, what="edit", row="A1", column="quantity", text="5")
    assert _corrections(place) == 0
    assert place.one("select actor from platform.audit_event where event = 'refused'") == "viewer"


def test_an_edit_is_stored_with_what_follows_from_it_and_marked(place: Place) -> None:
    place.drop(FILE)
    sheet = _sheet(place, "editor", {"sort": "-quantity"})
    _tell(sheet, what="edit", row="A1", column="quantity", text="4")
    page = sheet._table.page
    assert [row["id"] for row in page["rows"]] == ["A3", "A1", "A2"]  # the edited row stays in its place
    assert (page["rows"][1]["quantity"], page["rows"][1]["unit_revenue_inr"]) == ("4", "2.50")
    assert page["marks"]["A1"]["quantity"].startswith("Corrected by editor on ")
    assert page["marks"]["A1"]["quantity"].endswith("2 → 4")


def test_two_people_on_one_cell_are_asked_and_one_sees_the_others_edit(place: Place) -> None:
    place.drop(FILE)
    sheet = _sheet(place, "editor")
    dataset, other = place.parts.datasets["sales_orders"], place.sign_in("steward")
    theirs = Edit(row="A1", column="quantity", text="7", seen="2")
    corrections.correct(place.parts.warehouse, other, dataset, [theirs])
    _tell(sheet, what="edit", row="A1", column="quantity", text="9")
    assert place.one("select quantity from sales_orders.orders where order_id = 'A1'") == 7
    dialog: Any = sheet._visit.dialogs[0]  # Any: Panel's type of what is in a column
    assert dialog.title == "Two people on one cell"
    sheet.follow()
    assert sheet._table.page["rows"][0]["quantity"] == "7"


def test_what_a_colleague_writes_while_a_cell_is_being_edited_is_asked_about_too(place: Place) -> None:
    place.drop(FILE)
    sheet = _sheet(place, "editor")
    dataset, other = place.parts.datasets["sales_orders"], place.sign_in("steward")
    theirs = Edit(row="A1", column="quantity", text="7", seen="2")
    corrections.correct(place.parts.warehouse, other, dataset, [theirs])
    sheet.follow()

    _tell(sheet, what="edit", row="A1", column="quantity", text="9", seen="2")

    assert place.one("select quantity from sales_orders.orders where order_id = 'A1'") == 7
    assert len(sheet._visit.dialogs) == 1


def test_quotes_in_filters_and_in_the_address_are_texts(place: Place) -> None:
    place.drop(FILE)
    sheet = _sheet(place, "viewer", {"product": "<script>x</script>"})
    assert [row["id"] for row in sheet._table.page["rows"]] == ["A2"]
    _tell(sheet, what="filter", column="product", text="O'Brien\"; --")
    assert sheet._table.page["rows"] == []
    assert sheet._table.page["filters"] == {"product": "O'Brien\"; --"}


def _is_told(sheet: Sheet, number: str) -> bool:
    """Wait until the exact number of rows is told."""
    is_there = threading.Event()

    def look(event: Any) -> None:  # Any: of param
        if number in event.new["told"]["rows"]:
            is_there.set()

    sheet._table.param.watch(look, "page")
    return number in sheet._table.page["told"]["rows"] or is_there.wait(PATIENCE_S)


def test_an_estimate_gives_way_to_the_exact_number_by_itself(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = "\n".join(f"E{number:03},2026-01-05,North,Milk 1L,1,{number}" for number in range(120))
    place.drop(f"order_id,order_date,region,product,quantity,revenue\n{lines}")
    monkeypatch.setattr(store, "COUNTED", 60)
    asked = {"revenue_inr": "10..", "q": "milk"}

    sheet = _sheet(place, "viewer", asked)

    assert sheet._table.page["told"]["can_count"]
    assert _is_told(sheet, "Rows 1 to 50 of 110")
    assert sheet._table.page["told"]["export_label"] == "Export 110 rows as CSV"
    assert not sheet._table.page["told"]["can_count"]
    again = _sheet(place, "viewer", asked)
    assert again._table.page["told"]["rows"] == "Rows 1 to 50 of 110"  # nobody counts twice
    _tell(again, what="filter", column="revenue_inr", text="20..")
    assert _is_told(again, "of 100")


def test_rows_that_came_meanwhile_are_counted_and_offered(place: Place) -> None:
    place.drop(FILE)
    sheet = _sheet(place, "viewer", {"region": "North"})
    assert sheet._table.page["told"]["export_label"] == "Export 2 rows as CSV"
    place.drop(FILE.replace("A", "B"), "more.csv")

    sheet._visit.look_for_changes()
    sheet.follow()

    assert _is_told(sheet, "Rows 1 to 2 of 4")
    assert sheet._table.page["told"]["export_label"] == "Export 4 rows as CSV"
    assert sheet._table.page["told"]["is_stale"]
    assert [row["id"] for row in sheet._table.page["rows"]] == ["A1", "A3"]  # no row moves under the hand


def test_what_is_not_counted_by_itself_is_counted_when_asked(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = "\n".join(f"F{number:03},2026-01-05,North,Milk 1L,1,{number}" for number in range(120))
    place.drop(f"order_id,order_date,region,product,quantity,revenue\n{lines}")
    monkeypatch.setattr(store, "COUNTED", 60)
    monkeypatch.setattr(counting, "REST_S", 3600)
    sheet = _sheet(place, "viewer", {"revenue_inr": "10.."})
    _tell(sheet, what="page", way="last")
    assert sheet._table.page["told"]["export_label"].startswith("Export about ")

    _tell(sheet, what="count")

    assert sheet._table.page["told"]["rows"] == "Rows 61 to 110 of 110"
    assert sheet._table.page["told"]["export_label"] == "Export 110 rows as CSV"
