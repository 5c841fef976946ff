"""Whatever a mouse can do in the grid a keyboard can, and each type of cell gets the editor that it deserves."""

import re

from playwright.sync_api import Browser, Locator, Page, expect

from tests.dashboard.conftest import Dashboard, open_browser

WIDTH = "(node) => parseFloat(getComputedStyle(node).width)"
HEADER = "order_id,order_date,region,product,quantity,revenue\n"
ROWS = "".join(
    f"K{number:03},2026-01-{number % 28 + 1:02},South,Milk 1L,{number + 1},{number * 10 + 5}\n" for number in range(120)
)


def cell(page: Page, row: str, column: str) -> Locator:
    """Return a cell by the key of its row."""
    return page.locator(".tabulator-row", has_text=row).locator(f"[tabulator-field={column}]")


def rows(page: Page) -> Locator:
    """Return the keys that are shown."""
    return page.locator(".tabulator-row [tabulator-field=order_id]")


def is_seen_whole(one: Locator) -> bool:
    """Return whether nothing covers a cell, neither the key beside it nor the edge of the table."""
    return bool(
        one.evaluate(
            """(node) => {
              const box = node.getBoundingClientRect(), root = node.getRootNode()
              return [box.left + 3, box.right - 3].every((x) => node.contains(root.elementFromPoint(x, box.top + 5)))
            }"""
        )
    )


def test_the_keyboard_goes_to_every_cell_and_page(dashboard: Dashboard, chromium: Browser) -> None:
    dashboard.place.drop(HEADER + ROWS)
    context = open_browser(dashboard, chromium, "steward", width=600)
    page = context.new_page()
    page.goto(f"{dashboard.url}/grid")
    press = page.keyboard.press
    cell(page, "K000", "order_id").focus()
    press("ArrowDown")
    press("ArrowRight")
    expect(cell(page, "K001", "ordered_on")).to_be_focused()
    press("End")
    expect(cell(page, "K001", "unit_revenue_inr")).to_be_focused()
    for column in ("revenue_inr", "quantity", "product", "region"):
        press("ArrowLeft")
        expect(cell(page, "K001", column)).to_be_focused()
        assert is_seen_whole(cell(page, "K001", column)), column
    press("Home")
    expect(cell(page, "K001", "order_id")).to_be_focused()
    press("Control+End")
    expect(cell(page, "K049", "order_id")).to_be_focused()
    press("Control+Home")
    press("PageDown")
    expect(cell(page, "K050", "order_id")).to_be_focused()
    press("Control+PageDown")
    expect(cell(page, "K070", "order_id")).to_be_focused()
    press("PageUp")
    expect(cell(page, "K020", "order_id")).to_be_focused()
    press("Control+PageUp")
    expect(cell(page, "K000", "order_id")).to_be_focused()
    context.close()


def test_the_keyboard_sorts_filters_and_resizes_from_the_head(dashboard: Dashboard, steward: Page) -> None:
    dashboard.place.drop(HEADER + ROWS + "Z1,2026-01-01,South,Paneer 200g,1,7\n")
    steward.goto(f"{dashboard.url}/grid")
    press = steward.keyboard.press
    cell(steward, "K000", "ordered_on").focus()
    press("ArrowUp")
    expect(steward.get_by_label("Filter Ordered on")).to_be_focused()
    press("ArrowUp")
    press("Enter")
    press("Enter")
    head = steward.get_by_role("columnheader", name="Ordered on")
    expect(head).to_have_attribute("aria-sort", "descending")
    expect(rows(steward).first).to_have_text("K111")
    press("ArrowRight")
    press("ArrowRight")
    press("ArrowDown")
    expect(steward.get_by_label("Filter Product")).to_be_focused()
    steward.keyboard.type("no such")
    press("Escape")
    expect(steward.get_by_label("Filter Product")).to_have_value("")
    steward.keyboard.type("milk")
    press("Enter")
    expect(steward).to_have_url(re.compile(r"product=%2Amilk%2A"))
    expect(steward.get_by_text("Rows 1 to 50 of 120", exact=True)).to_be_visible()
    press("ArrowDown")
    product = cell(steward, "K111", "product")
    expect(product).to_be_focused()
    before = product.evaluate(WIDTH)
    press("Shift+ArrowRight")
    expect(product).not_to_have_css("width", f"{before}px")
    assert product.evaluate(WIDTH) > before


def test_the_keyboard_edits_cell_after_cell_and_takes_it_back(dashboard: Dashboard, steward: Page) -> None:
    dashboard.place.drop(HEADER + ROWS)
    steward.goto(f"{dashboard.url}/grid")
    press = steward.keyboard.press
    quantity, revenue = cell(steward, "K001", "quantity"), cell(steward, "K001", "revenue_inr")
    quantity.focus()
    press("F2")
    steward.keyboard.type("77")
    press("Escape")
    expect(quantity).to_be_focused()
    expect(quantity).to_have_text("2")
    press("Enter")
    steward.keyboard.type("5")
    press("Tab")
    expect(steward.get_by_label("Revenue (₹) of K001")).to_be_focused()
    steward.keyboard.type("60")
    press("Shift+Tab")
    expect(steward.get_by_label("Quantity of K001")).to_be_focused()
    press("Enter")
    expect(cell(steward, "K002", "quantity")).to_be_focused()
    expect(quantity).to_have_text(re.compile("^5"))
    expect(revenue).to_have_text(re.compile("^60.00"))
    expect(cell(steward, "K001", "unit_revenue_inr")).to_have_text("12.00")

    press("ArrowUp")
    press("Space")
    expect(steward.get_by_role("table", name="History of K001")).to_be_visible()
    press("Control+z")
    expect(quantity).to_have_text("2")
    expect(steward.get_by_role("table", name="History of K001").get_by_role("row")).to_have_count(1 + 3)
    press("Control+z")
    expect(steward.get_by_role("alert")).to_contain_text("quantity of K001 stands as its file gave it")
    press("Space")
    expect(steward.get_by_role("table", name="History of K001")).to_have_count(0)
    assert dashboard.place.one("select revenue_inr from sales_orders.orders where order_id = 'K001'") == 60


def test_each_type_has_the_editor_that_it_deserves(dashboard: Dashboard, steward: Page) -> None:
    dashboard.place.drop(HEADER + ROWS)
    steward.goto(f"{dashboard.url}/grid")
    day, region = cell(steward, "K001", "ordered_on"), cell(steward, "K001", "region")

    day.dblclick()
    editor = steward.get_by_label("Ordered on of K001")
    expect(editor).to_have_attribute("type", "date")
    editor.fill("2026-02-28")
    editor.press("Enter")
    expect(day).to_have_text(re.compile("^2026-02-28"))

    region.dblclick()
    choices = steward.get_by_role("combobox", name="Region of K001")
    values = [one.get_attribute("value") for one in choices.get_by_role("option").all()]
    choices.select_option("East")
    choices.press("Enter")
    expect(region).to_have_text(re.compile("^East"))
    assert set(values) == {"", "North", "South", "East", "West", "Central"}

    cell(steward, "K001", "quantity").dblclick()
    expect(steward.get_by_label("Quantity of K001")).to_have_attribute("inputmode", "decimal")
    steward.keyboard.press("Escape")
    cell(steward, "K001", "unit_revenue_inr").dblclick()
    expect(steward.get_by_text("Unit revenue inr is computed from the other cells of sales orders")).to_be_visible()
    expect(steward.locator(".editor")).to_have_count(0)
    assert dashboard.place.rows("select region, ordered_on::text from sales_orders.orders where order_id = 'K001'") == [
        {"region": "East", "ordered_on": "2026-02-28"}
    ]
