"""The inbox: the real file's rows without a region are set to North, and every figure follows."""

import json
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.dashboard.conftest import Dashboard, open_browser

HEADER = "order_id,order_date,region,product,quantity,revenue\n"
GOOD = "".join(f"G{number},2026-01-31,North,Milk 1L,1,5\n" for number in range(5))


def test_one_region_for_all_rows_without_one(dashboard: Dashboard, steward: Page, shared_data: Path) -> None:
    folder = shared_data / "sales_orders"
    expected = json.loads((folder / "expected.json").read_text())["after_setting_region_north_on_all_83"]
    dashboard.place.drop((folder / "sales_data.csv").read_bytes(), "sales_data.csv")

    steward.goto(f"{dashboard.url}/exceptions?rule=region_present")
    expect(steward.get_by_text("83 rows, oldest first; 50 shown")).to_be_visible()
    expect(steward.get_by_role("combobox", name="Column")).to_have_text("region")
    steward.get_by_label("New text").fill("North")
    steward.get_by_role("button", name="Set and release 83").click()
    asked = steward.get_by_role("dialog")
    expect(asked).to_contain_text(f"{expected['released']} released, {expected['still_open']} still open")
    asked.get_by_role("button", name="Set and release 83").click()

    told = steward.get_by_role("status").filter(has_text="released")
    expect(told).to_contain_text(f"{expected['released']} released, {expected['still_open']} still open")
    figure = dashboard.place.one("select revenue_inr::text from sales_orders.by_region where region = 'North'")
    steward.goto(f"{dashboard.url}/sales?region=North")
    whole, _, fraction = figure.partition(".")
    expect(steward.get_by_text(f"₹{whole[:2]},{whole[2:4]},{whole[4:]}.{fraction}").first).to_be_visible()


def test_a_row_is_corrected_in_place_and_its_text_is_harmless(dashboard: Dashboard, steward: Page) -> None:
    dashboard.place.drop(
        "order_id,order_date,region,product,quantity,revenue\n"
        '<script>window.hit=1</script>,2026-01-01,"<img src=x onerror=""window.hit=1"">",Milk 1L,1,100\n'
        "2,2026-01-02,South,Milk 1L,1,23.5\n"
    )
    number = dashboard.place.one("select exception_id from platform.exception")
    steward.goto(f"{dashboard.url}/exceptions?exception={number}")
    expect(steward.get_by_text("region is one of North, South, East, West, Central.")).to_be_visible()
    steward.get_by_label("region", exact=True).fill("East")
    steward.get_by_role("button", name="Correct and release").click()
    expect(steward.get_by_text("Nothing here")).to_be_visible()
    assert dashboard.place.one("select region from sales_orders.orders where order_id like '<script>%%'") == "East"
    assert steward.evaluate("window.hit") is None


def test_some_rows_are_picked_and_discarded_and_a_colleague_sees_the_inbox_shrink(
    dashboard: Dashboard, steward: Page, chromium: Browser
) -> None:
    dashboard.place.drop(HEADER + GOOD + "".join(f"H{number},2026-01-31,,Milk 1L,1,5\n" for number in range(4)))
    context = open_browser(dashboard, chromium, "viewer")
    colleague = context.new_page()
    colleague.goto(f"{dashboard.url}/exceptions")
    expect(colleague.get_by_text("4 rows, oldest first")).to_be_visible()
    steward.goto(f"{dashboard.url}/exceptions")
    numbers = [row["exception_id"] for row in dashboard.place.rows("select exception_id from platform.exception")]

    for number in numbers[:2]:
        steward.get_by_role("checkbox", name=f"Pick row {number}", exact=True).check()
    expect(steward.get_by_text("The 2 rows that are picked.")).to_be_visible()
    steward.get_by_role("button", name="Discard 2").click()
    steward.get_by_label("Why (kept in the audit trail)").fill("a test order")
    steward.get_by_role("dialog").get_by_role("button", name="Discard 2").click()

    expect(steward.get_by_text("2 rows, oldest first")).to_be_visible()
    expect(colleague.get_by_text("2 rows, oldest first")).to_be_visible()
    closed = dashboard.place.rows("select exception_id, reason from platform.exception where state = 'DISCARDED'")
    assert closed == [{"exception_id": number, "reason": "a test order"} for number in numbers[:2]]
    context.close()


def test_an_edited_sheet_is_brought_back_after_a_preview(dashboard: Dashboard, steward: Page) -> None:
    dashboard.place.drop(HEADER + GOOD + "H1,2026-01-31,,Milk 1L,1,5\nH2,2026-01-31,,Milk 1L,1,7\n")
    first, second = [row["exception_id"] for row in dashboard.place.rows("select exception_id from platform.exception")]
    sheet = f"exception_id;attempt;region\n{first};0;East\n{second};0;Nowhere\n"
    steward.goto(f"{dashboard.url}/exceptions")
    expect(steward.get_by_role("button", name="Bring an edited file back")).to_be_visible()
    steward.locator("input[type=file]").set_input_files(
        {"name": "held.csv", "mimeType": "text/csv", "buffer": sheet.encode()}
    )

    expect(steward.get_by_text("2 rows were edited, 0 were not.")).to_contain_text("1 released, 1 still open")
    assert dashboard.place.one("select count(*) from platform.exception where state = 'OPEN'") == 2
    steward.get_by_role("button", name="Write 2 corrections").click()
    expect(steward.get_by_text("1 rows, oldest first")).to_be_visible()
    assert dashboard.place.one("select region from sales_orders.orders where order_id = 'H1'") == "East"
