"""The inbox: what is wrong with a row, filters, one row closed by the right person, the backlog."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from flows.core.errors import RefusedError
from flows.services import repairs
from flows.services.repairs import Fix
from tests.dashboard.cards import as_table, card, choose
from tests.dashboard.conftest import Dashboard, open_browser
from tests.dashboard.test_exceptions import GOOD, HEADER

WHY = "Why (kept in the audit trail)"
BACKLOG = "How does the backlog move?"


@pytest.fixture
def editor(dashboard: Dashboard, chromium: Browser) -> Iterator[Page]:
    """A page of an editor's browser."""
    context = open_browser(dashboard, chromium, "editor")
    yield context.new_page()
    context.close()


def held(dashboard: Dashboard, order_id: str) -> int:
    """Return the exception of an order."""
    query = "select exception_id from platform.exception where cells ->> 'order_id' = %(order_id)s"
    return int(dashboard.place.one(query, order_id=order_id))


def cell_of(page: Page, column: str) -> Locator:
    """Return what the file says in a column of the row that is open."""
    table = page.get_by_role("region", name="The row, broken cells marked")
    return (
        table.get_by_role("row")
        .filter(has=page.get_by_role("cell", name=column, exact=True))
        .get_by_role("cell")
        .nth(1)
    )


def test_each_broken_cell_is_marked_with_the_sentence_of_its_rule(dashboard: Dashboard, steward: Page) -> None:
    dashboard.place.drop(HEADER + GOOD + "B1,2026-01-31,Nowhere,Milk 1L,0,5\n")
    steward.goto(f"{dashboard.url}/exceptions?exception={held(dashboard, 'B1')}")
    expect(cell_of(steward, "product")).to_have_text("Milk 1L")
    expect(steward.locator("mark")).to_have_count(2)
    sentences = dashboard.place.rows(
        """
        select f.column_name, r.sentence from platform.finding as f
        inner join platform.rule as r on r.dataset = 'sales_orders' and r.code = f.rule where f.severity = 'error'
        """
    )
    assert {row["column_name"] for row in sentences} == {"region", "quantity"}
    for row in sentences:
        broken = cell_of(steward, row["column_name"])
        expect(broken).to_contain_text(row["sentence"])
        expect(broken.locator("mark")).to_have_css("text-decoration-line", "underline")

    steward.set_viewport_size({"width": 390, "height": 844})
    expect(steward.get_by_role("heading", name="Held rows")).to_be_visible()
    tops = [_top(steward, title) for title in (f"Row {held(dashboard, 'B1')}", "Held rows", "By reason")]
    assert tops == sorted(tops)


def _top(page: Page, title: str) -> float:
    box = page.get_by_role("heading", name=title).bounding_box()
    assert box is not None
    return box["y"]


def test_the_inbox_is_filtered_by_age_stage_file_and_run(dashboard: Dashboard, steward: Page) -> None:
    place = dashboard.place
    place.drop(HEADER + GOOD + "A1,2026-01-31,,Milk 1L,1,5\nA2,2026-01-31,,Milk 1L,1,5\n", "first.csv")
    second = place.drop(HEADER + GOOD.replace("G", "H") + "G0,2026-01-31,North,Milk 1L,1,9\n", "second.csv")
    with place.parts.warehouse.transaction() as connection:
        connection.execute(
            "update platform.exception set opened_at = opened_at - interval '8 days' where cells ->> 'order_id' = 'A1'"
        )
    shown, clear = steward.get_by_text("oldest first"), steward.get_by_role("button", name="Show every open row")
    steward.goto(f"{dashboard.url}/exceptions")
    expect(shown).to_have_text("3 rows, oldest first; 3 shown")
    for label, option, query, line in (
        ("Age", "7 days", "days=7", 7),
        ("Held by", "Duplicates", "stage=duplicates", 7),
    ):
        choose(steward, label, option)
        expect(shown).to_have_text("1 row, oldest first; 1 shown")
        expect(steward.get_by_text(f"line {line}", exact=True)).to_be_visible()
        expect(steward).to_have_url(f"{dashboard.url}/exceptions?{query}")
        clear.click()
        expect(shown).to_have_text("3 rows, oldest first; 3 shown")
    for label, text, rows in (("File", "first.csv", "2 rows"), ("Run", str(second.run_id)[:8], "1 row")):
        steward.get_by_label(label, exact=True).fill(text)
        steward.keyboard.press("Enter")
        expect(shown).to_contain_text(f"{rows}, oldest first")
        expect(steward).to_have_url(f"{dashboard.url}/exceptions?{label.lower()}={text}")
        clear.click()
        expect(shown).to_have_text("3 rows, oldest first; 3 shown")


def test_one_row_is_discarded_and_one_asked_to_be_waived_with_a_reason(dashboard: Dashboard, steward: Page) -> None:
    place = dashboard.place
    place.drop(HEADER + GOOD + "A1,2026-01-31,,Milk 1L,1,5\nG0,2026-01-31,North,Milk 1L,1,9\n")
    for order_id, button, yes, reason in (
        ("A1", "Discard", "Discard", "a test order"),
        ("G0", "Ask to load it as it is", "Ask", "it came twice"),
    ):
        steward.goto(f"{dashboard.url}/exceptions?exception={held(dashboard, order_id)}")
        steward.get_by_role("button", name=button, exact=True).click()
        asked = steward.get_by_role("dialog")
        asked.get_by_label(WHY).fill(reason)
        asked.get_by_role("button", name=yes, exact=True).click()
        expect(asked).to_be_hidden()
    expect(steward.get_by_text("waiver asked by steward")).to_be_visible()
    expect(steward.get_by_text("1 row, oldest first")).to_be_visible()
    assert place.rows("select state, closed_by, reason from platform.exception where closed_by is not null") == [
        {"state": "DISCARDED", "closed_by": "steward", "reason": "a test order"}
    ]
    assert place.rows("select asked_by, reason, granted_by from platform.waiver") == [
        {"asked_by": "steward", "reason": "it came twice", "granted_by": None}
    ]


def test_an_editor_looks_at_held_rows_and_closes_none(dashboard: Dashboard, editor: Page) -> None:
    place = dashboard.place
    place.drop(HEADER + GOOD + "A1,2026-01-31,,Milk 1L,1,5\n")
    number = held(dashboard, "A1")
    editor.goto(f"{dashboard.url}/exceptions?exception={number}")
    expect(cell_of(editor, "order_id")).to_have_text("A1")
    expect(editor.get_by_text("Repairing held rows needs the role steward.")).to_have_count(2)
    for name in ("Correct and release", "Discard", "Ask to load it as it is"):
        expect(editor.get_by_role("button", name=name, exact=True)).to_have_count(0)
    for name in ("Set and release 1", "Judge 1 again", "Ask for 1 waiver", "Discard 1"):
        expect(editor.get_by_role("button", name=name)).to_be_disabled()

    parts, actor, fixes = place.parts, place.sign_in("editor"), [Fix(exception_id=number)]
    for act in (repairs.discard, repairs.ask_waiver):
        with pytest.raises(RefusedError):
            act(parts.warehouse, actor, parts.datasets, fixes, reason="no")
    assert place.one("select state from platform.exception") == "OPEN"


def test_the_backlog_by_category_obeys_the_filter(dashboard: Dashboard, steward: Page) -> None:
    held_rows = "A1,2026-01-31,,Milk 1L,1,5\nA2,2026-01-31,,Milk 1L,1,5\nA3,2026-01-31,North,Milk 1L,0,5\n"
    dashboard.place.drop(HEADER + GOOD + held_rows)
    steward.goto(f"{dashboard.url}/exceptions")
    choose(steward, "Show", "held by category")
    backlog = card(steward, BACKLOG)
    for told in ("Missing required field 2", "Business rule violation 1"):
        expect(backlog.get_by_text(told)).to_be_visible()
    as_table(steward, BACKLOG)
    expect(backlog.get_by_role("row")).to_have_count(3)
    choose(steward, "Category", "Business rule violation")
    expect(backlog.get_by_role("row")).to_have_count(2)
    expect(backlog.get_by_text("Business rule violation 1")).to_be_visible()
    expect(backlog.get_by_text("Missing required field 2")).to_have_count(0)
