"""The grid in a browser: keyboard, edits and their refusals, filters, a script in a cell."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from flows.services import corrections, repairs
from flows.services.corrections import Edit
from flows.services.repairs import Fix
from tests.dashboard.conftest import Dashboard, open_browser

ORDERS = """order_id,order_date,region,product,quantity,revenue
A1,2026-01-01,North,Milk 1L,2,100
A2,2026-01-02,South,<img src=x onerror=alert(1)>,1,250
A3,2026-01-03,South,"O'Brien ""A"" x",1,50.5
"""


def test_a_cell_is_edited_by_mouse_and_keyboard_and_a_refusal_puts_it_back(dashboard: Dashboard, steward: Page) -> None:
    dashboard.place.drop(ORDERS)
    steward.goto(f"{dashboard.url}/grid")
    quantity = steward.locator(".tabulator-row").nth(0).locator("[tabulator-field=quantity]")
    quantity.dblclick()
    steward.get_by_label("Quantity of A1").fill("0")
    steward.keyboard.press("Enter")
    expect(steward.get_by_text("expected more than 0")).to_be_visible()
    expect(quantity).to_have_text("2")
    quantity.focus()
    steward.keyboard.press("Enter")
    steward.get_by_label("Quantity of A1").fill("4")
    steward.keyboard.press("Enter")
    expect(quantity).to_have_class(re.compile("is-corrected"))
    expect(steward.locator(".tabulator-row").nth(0).locator("[tabulator-field=unit_revenue_inr]")).to_have_text("25.00")
    expect(quantity).to_have_attribute("title", re.compile("Corrected by steward .*: 2 → 4"))
    steward.get_by_role("button", name="Take it back").click()
    expect(quantity).to_have_text("2")


def test_what_a_colleague_writes_shows_without_a_reload(dashboard: Dashboard, steward: Page) -> None:
    dashboard.place.drop(ORDERS)
    steward.goto(f"{dashboard.url}/grid")
    revenue = steward.locator(".tabulator-row").nth(2).locator("[tabulator-field=revenue_inr]")
    expect(revenue).to_have_text("50.50")
    place = dashboard.place
    edit = Edit(row="A3", column="revenue", text="60", seen="50.50")
    corrections.correct(place.parts.warehouse, place.sign_in("editor"), place.parts.datasets["sales_orders"], [edit])
    expect(revenue).to_contain_text("60.00")


def test_a_cell_that_was_corrected_while_its_row_was_held_is_marked_and_told(
    dashboard: Dashboard, steward: Page
) -> None:
    place = dashboard.place
    place.drop(ORDERS + "A4,2026-01-04,North,Milk 1L,-2,40\n")
    number = place.one("select exception_id from platform.exception where state = 'OPEN'")
    fix = Fix(exception_id=number, cells={"quantity": "2"})
    parts = place.parts
    repairs.release(parts.warehouse, place.sign_in("steward"), parts.datasets, [fix], reason="asked the branch")

    steward.goto(f"{dashboard.url}/grid?row=A4")

    cell = steward.locator(".tabulator-row").nth(0).locator("[tabulator-field=quantity]")
    expect(cell).to_have_class(re.compile("is-corrected"))
    expect(cell).to_have_attribute("title", re.compile("Corrected while held by steward .*: -2 → 2 .asked the branch"))
    expect(steward.get_by_role("table", name="History of A4").get_by_role("row")).to_contain_text(
        ["When", re.compile("steward.*Corrected while held.*quantity.*-2.*2.*asked the branch")]
    )
    expect(steward.get_by_text("stands as its file gave it")).to_have_count(0)
    expect(steward.get_by_text("quantity: Corrected while held by steward")).to_be_visible()
    expect(steward.get_by_text(parts.datasets["sales_orders"].rule_fingerprint)).to_be_visible()
    expect(steward.get_by_role("button", name="Take it back")).to_have_count(0)


@pytest.mark.parametrize(("decision", "quantity"), [("Keep mine", 9), ("Take theirs", 7)])
def test_two_people_on_one_cell_keep_one_of_both_values(
    dashboard: Dashboard, steward: Page, decision: str, quantity: int
) -> None:
    place = dashboard.place
    place.drop(ORDERS)
    steward.goto(f"{dashboard.url}/grid")
    row = steward.locator(".tabulator-row").nth(0)
    cell = row.locator("[tabulator-field=quantity]")
    cell.dblclick()
    mine = steward.get_by_label("Quantity of A1")
    mine.fill("9")
    theirs = [
        Edit(row="A1", column="quantity", text="7", seen="2"),
        Edit(row="A1", column="revenue", text="70", seen="100.00"),
    ]
    corrections.correct(place.parts.warehouse, place.sign_in("editor"), place.parts.datasets["sales_orders"], theirs)
    expect(row.locator("[tabulator-field=revenue_inr]")).to_contain_text("70.00")
    expect(mine).to_have_value("9")
    mine.press("Enter")

    asked = steward.get_by_role("dialog", name="Two people on one cell")
    expect(asked.get_by_role("row", name=re.compile("Now, by editor.* 7"))).to_be_visible()
    asked.get_by_role("button", name=decision).click()

    expect(asked).to_have_count(0)
    expect(cell).to_contain_text(str(quantity))
    assert place.one("select quantity from sales_orders.orders where order_id = 'A1'") == quantity


def test_texts_of_files_are_texts(dashboard: Dashboard, steward: Page) -> None:
    dashboard.place.drop(ORDERS)
    steward.on("dialog", lambda dialog: dialog.dismiss())
    steward.goto(f"{dashboard.url}/grid")
    expect(steward.get_by_text("<img src=x onerror=alert(1)>").first).to_be_visible()
    assert steward.locator("img[src=x]").count() == 0
    steward.get_by_label("Filter Product").fill("O'Brien \"")
    steward.keyboard.press("Enter")
    expect(steward.get_by_text("Rows 1 to 1 of 1", exact=True)).to_be_visible()
    export = steward.get_by_role("link", name="Export 1 row as CSV")
    with steward.expect_download() as download:
        export.click()
    assert "A3" in download.value.path().read_text()


def test_a_filter_that_can_not_be_read_leaves_what_is_seen_as_it_was_chosen(
    dashboard: Dashboard, steward: Page
) -> None:
    dashboard.place.drop(ORDERS)
    steward.goto(f"{dashboard.url}/grid?region=South")
    expect(steward.get_by_text("Rows 1 to 2 of 2", exact=True)).to_be_visible()
    steward.get_by_label("Filter Quantity").fill("many")
    steward.keyboard.press("Enter")
    expect(steward.get_by_text("a filter can't be read")).to_be_visible()
    expect(steward).to_have_url(f"{dashboard.url}/grid?region=South")
    expect(steward.locator(".tabulator-row")).to_have_count(2)
    with steward.expect_download() as download:
        steward.get_by_role("link", name="Export 2 rows as CSV").click()
    assert len(download.value.path().read_text().splitlines()) == 1 + 2


def test_cells_are_pasted_after_a_preview(dashboard: Dashboard, steward: Page) -> None:
    dashboard.place.drop(ORDERS)
    steward.goto(f"{dashboard.url}/grid")
    expect(steward.locator(".tabulator-row")).to_have_count(3)
    steward.get_by_role("button", name="Paste").click()
    steward.get_by_label("Cells", exact=True).fill("order_id\tquantity\nA1\t5\nA2\t0\n")
    steward.get_by_role("button", name="See what would change").click()
    expect(steward.get_by_text("1 of 2 cells would change, 1 is refused and left out.")).to_be_visible()
    steward.get_by_role("button", name="Write 1 cell").click()
    expect(steward.locator(".tabulator-row").nth(0).locator("[tabulator-field=quantity]")).to_contain_text("5")


def test_a_viewer_reads_and_saves_views_but_edits_nothing(dashboard: Dashboard, chromium: Browser) -> None:
    dashboard.place.drop(ORDERS)
    context = open_browser(dashboard, chromium, "viewer")
    page = context.new_page()
    page.goto(f"{dashboard.url}/grid?region=South")
    expect(page.locator(".tabulator-row")).to_have_count(2)
    page.locator("[tabulator-field=quantity]").last.dblclick()
    expect(page.locator(".editor")).to_have_count(0)
    expect(page.get_by_role("button", name="Paste")).to_have_count(0)
    page.get_by_role("button", name="Save this view").click()
    page.get_by_label("Name", exact=True).fill("The south")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("The south is saved; only you see it")).to_be_visible()
    context.close()
