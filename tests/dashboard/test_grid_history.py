"""What a person does with a row: paste over it, follow it back, take back what others wrote; and saved views."""

import re

from playwright.sync_api import Browser, Page, expect

from flows.services import corrections
from flows.services.corrections import Edit
from tests.dashboard.conftest import Dashboard, open_browser
from tests.dashboard.test_exports import rows_of
from tests.dashboard.test_grid_keys import cell
from tests.integration.test_corrections import NAME, TELCO

ORDERS = """order_id,order_date,region,product,quantity,revenue
A1,2026-01-01,North,Milk 1L,2,100
A2,2026-01-02,South,Milk 1L,1,250
A3,2026-01-03,South,Biscuits 200g,1,50.5
"""


def _correct(dashboard: Dashboard, role: str, row: str, column: str, text: str, seen: str, reason: str = "") -> None:
    place = dashboard.place
    edit = Edit(row=row, column=column, text=text, seen=seen)
    actor, dataset = place.sign_in(role), place.parts.datasets["sales_orders"]
    corrections.correct(place.parts.warehouse, actor, dataset, [edit], reason=reason)


def test_cells_of_a_spreadsheet_are_pasted_from_a_cell_on_in_one_transaction(
    dashboard: Dashboard, steward: Page
) -> None:
    dashboard.place.drop(ORDERS)
    steward.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=dashboard.url)
    steward.goto(f"{dashboard.url}/grid")
    quantity = cell(steward, "A1", "quantity")
    quantity.click()
    steward.evaluate("() => navigator.clipboard.writeText('5\\t110\\n0\\t250\\n3\\t60')")
    steward.keyboard.press("Control+v")
    asked = steward.get_by_role("dialog", name="What would change")
    expect(asked.get_by_text("4 of 6 cells would change, 2 are refused and left out.")).to_be_visible()
    expect(asked.get_by_role("row", name="A2 quantity")).to_contain_text("expected more than 0")
    assert dashboard.place.one("select count(*) from platform.correction") == 0
    asked.get_by_label("Why (kept with each cell)").fill("counted again")
    asked.get_by_role("button", name="Write 4 cells").click()
    expect(quantity).to_contain_text("5")
    expect(cell(steward, "A3", "revenue_inr")).to_contain_text("60.00")
    written = "select count(*), count(distinct xmin::text) as times, min(reason) as reason from platform.correction"
    assert dashboard.place.rows(written) == [{"count": 4, "times": 1, "reason": "counted again"}]

    quantity.focus()
    steward.keyboard.press("Control+c")
    assert steward.evaluate("() => navigator.clipboard.readText()") == "5"


def test_an_editor_takes_back_what_another_wrote_and_a_viewer_does_not(dashboard: Dashboard, chromium: Browser) -> None:
    dashboard.place.drop(ORDERS)
    _correct(dashboard, "steward", "A1", "quantity", "7", "2", "=asked(the branch)")
    told = {}
    for role in ("viewer", "editor"):
        context = open_browser(dashboard, chromium, role)
        page = context.new_page()
        page.goto(f"{dashboard.url}/grid?row=A1")
        history = page.get_by_role("table", name="History of A1")
        expect(history.get_by_role("row", name=re.compile("steward Corrected quantity 2 7"))).to_be_visible()
        told[role] = rows_of(page, "CSV of 1 change")
        quantity = cell(page, "A1", "quantity")
        quantity.focus()
        if role == "viewer":
            expect(page.get_by_role("button", name="Take it back")).to_have_count(0)
            page.keyboard.press("Control+z")
            expect(page.get_by_text("Cells are corrected by those who have the role editor")).to_be_visible()
            assert dashboard.place.one("select count(*) from platform.correction") == 1
        else:
            page.get_by_role("button", name="Take it back").click()
            expect(page.get_by_text("quantity is 2 again")).to_be_visible()
            expect(history.get_by_role("row", name=re.compile("editor Taken back quantity 7 2"))).to_be_visible()
            expect(quantity).to_have_text("2")
        context.close()
    assert told["viewer"] == told["editor"]
    assert [(row["made_by"], row["new_value"], row["reason"]) for row in told["viewer"]] == [
        ("steward", "7", "'=asked(the branch)")
    ]


def test_a_row_is_followed_to_its_raw_line_and_its_run(dashboard: Dashboard, steward: Page) -> None:
    dashboard.place.drop(TELCO + "F,Small,10000,1\nF,<b>Big</b>,90000,1\n", NAME, "telco_packages")
    steward.goto(f"{dashboard.url}/grid?dataset=telco_packages")
    expect(steward.get_by_text("Where it comes from")).to_have_count(0)
    cell(steward, "<b>Big</b>", "package_name").click()
    expect(steward.get_by_text("Where it comes from")).to_be_visible()
    expect(steward.get_by_text("F,<b>Big</b>,90000,1", exact=True)).to_be_visible()
    expect(steward.get_by_text(re.compile("is line 3 of"))).to_contain_text(NAME)
    expect(steward).to_have_url(re.compile("row="))
    steward.reload()
    expect(steward.get_by_text("F,<b>Big</b>,90000,1", exact=True)).to_be_visible()
    steward.get_by_role("link", name=NAME, exact=True).click()
    expect(steward.get_by_role("heading", level=1)).to_have_text("Runs")
    run = dashboard.place.one("select run_id::text from platform.run")
    expect(steward).to_have_url(f"{dashboard.url}/runs?run={run}")


def test_a_view_is_saved_chosen_and_forgotten_by_its_owner_alone(
    dashboard: Dashboard, steward: Page, chromium: Browser
) -> None:
    dashboard.place.drop(ORDERS)
    address = f"{dashboard.url}/grid?q=milk&sort=-revenue_inr&region=South"
    steward.goto(address)
    steward.get_by_role("button", name="Save this view").click()
    steward.get_by_label("Name", exact=True).fill("Milk of the south")
    steward.get_by_role("button", name="Save", exact=True).click()
    views = steward.get_by_role("combobox", name="My views")
    expect(views).to_have_text("Milk of the south")

    steward.goto(f"{dashboard.url}/grid")
    expect(steward.get_by_text("Rows 1 to 3 of 3")).to_be_visible()
    expect(views).to_have_text("Choose a view")
    views.click()
    steward.get_by_text("Milk of the south", exact=True).click()
    expect(steward.get_by_text("Rows 1 to 1 of 1", exact=True)).to_be_visible()
    expect(steward.get_by_label("Filter Region")).to_have_value("South")
    expect(steward.get_by_role("columnheader", name="Revenue (₹)", exact=True)).to_have_attribute(
        "aria-sort", "descending"
    )
    expect(steward.get_by_label("Search the texts of every row")).to_have_value("milk")
    linked = steward.url

    context = open_browser(dashboard, chromium, "viewer")
    other = context.new_page()
    other.goto(linked)
    expect(other.get_by_text("Rows 1 to 1 of 1", exact=True)).to_be_visible()
    expect(other.get_by_role("combobox", name="My views")).to_have_text("None saved yet")
    context.close()

    steward.get_by_role("button", name="Forget it").click()
    expect(steward.get_by_text("Milk of the south is forgotten")).to_be_visible()
    steward.reload()
    expect(views).to_have_text("None saved yet")


def test_figures_on_another_page_follow_an_edit_by_that_row(dashboard: Dashboard, steward: Page) -> None:
    dashboard.place.drop(ORDERS)
    sales = steward.context.new_page()
    sales.goto(f"{dashboard.url}/sales")
    total = sales.locator(".q-tile", has_text="Total revenue").locator(".q-value")
    expect(total).to_have_text("₹400.50")
    sales.evaluate("() => { window.wasNotReloaded = true }")

    steward.goto(f"{dashboard.url}/grid")
    cell(steward, "A1", "revenue_inr").dblclick()
    steward.get_by_label("Revenue (₹) of A1").fill("130")
    steward.keyboard.press("Enter")
    expect(cell(steward, "A1", "unit_revenue_inr")).to_have_text("65.00")

    expect(total).to_have_text("₹430.50")
    assert sales.evaluate("() => window.wasNotReloaded")
