"""Cells from a spreadsheet: what they would change is told before anything is written, then all or nothing."""

import pytest

from flows.core.errors import BrokenRulesError, MistakeError, RefusedError
from flows.services import corrections, pasting
from flows.services.pasting import Shown
from tests.conftest import Place

FILE = """order_id,order_date,region,product,quantity,revenue
A1,2026-01-01,North,Milk 1L,2,10.00
A2,2026-01-15,South,Milk 1L,1,20.00
A3,2026-02-01,North,Milk 1L,3,30.00
"""
COLUMNS = ("order_id", "ordered_on", "region", "product", "quantity", "revenue_inr", "unit_revenue_inr")
SHOWN = Shown(
    rows={
        "A1": {"quantity": "2", "revenue_inr": "10.00", "region": "North", "product": "Milk 1L"},
        "A2": {"quantity": "1", "revenue_inr": "20.00", "region": "South", "product": "Milk 1L"},
        "A3": {"quantity": "3", "revenue_inr": "30.00", "region": "North", "product": "Milk 1L"},
    },
    columns=COLUMNS,
)


def test_a_block_goes_down_and_to_the_right_and_refusals_are_marked(place: Place) -> None:
    place.drop(FILE)
    dataset, editor = place.parts.datasets["sales_orders"], place.sign_in("editor")
    cells = pasting.pasted('5\t"1,250.50"\n0\t20\n3\t30.00\n')
    edits = pasting.edits_from(dataset, cells, SHOWN, "A1", "quantity")

    tried = pasting.try_edits(place.parts.warehouse, editor, dataset, edits)

    assert [(one.edit.row, one.edit.column, one.becomes, bool(one.refusal)) for one in tried] == [
        ("A1", "quantity", "5", False),
        ("A1", "revenue_inr", "1250.50", False),
        ("A2", "quantity", "0", True),
        ("A2", "revenue_inr", "20", True),
    ]
    assert place.one("select count(*) from platform.correction") == 0
    with pytest.raises(BrokenRulesError):
        corrections.correct(place.parts.warehouse, editor, dataset, [one.edit for one in tried])
    assert place.one("select count(*) from platform.correction") == 0
    good = [one.edit for one in tried if not one.refusal]
    assert len(corrections.correct(place.parts.warehouse, editor, dataset, good)) == 2


def test_lines_under_a_header_find_their_rows_by_key_and_formulas_lose_their_apostrophe(place: Place) -> None:
    place.drop(FILE)
    dataset = place.parts.datasets["sales_orders"]
    cells = pasting.pasted("order_id\tregion\tproduct\nA3\tWest\t'=1+1\nA9\tWest\t\n")
    assert pasting.names_rows(dataset, cells[0])
    edits = pasting.edits_by_name(dataset, cells, SHOWN)
    tried = pasting.try_edits(place.parts.warehouse, place.sign_in("editor"), dataset, edits)
    assert [(one.edit.row, one.edit.text, bool(one.refusal)) for one in tried] == [
        ("A3", "West", False),
        ("A3", "=1+1", False),
        ("A9", "West", True),
        ("A9", "", True),
    ]


def test_what_reaches_beyond_the_page_is_refused(place: Place) -> None:
    dataset = place.parts.datasets["sales_orders"]
    with pytest.raises(MistakeError, match="2 rows follow"):
        pasting.edits_from(dataset, [["1"]] * 3, SHOWN, "A2", "quantity")
    with pytest.raises(MistakeError, match="1 follow"):
        pasting.edits_from(dataset, [["1", "2"]], SHOWN, "A2", "unit_revenue_inr")


def test_a_viewer_tries_nothing(place: Place) -> None:
    with pytest.raises(RefusedError):
        pasting.try_edits(place.parts.warehouse, place.sign_in("viewer"), place.parts.datasets["sales_orders"], [])
