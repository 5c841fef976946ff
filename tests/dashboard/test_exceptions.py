"""The inbox: the real file's rows without a region are set to North, and every figure follows."""

import json
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.dashboard.conftest import Dashboard, open_browser
from tests.integration.test_corrections import NAME, TELCO, correct, telco_row

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


def test_a_row_is_corrected_in_place_and_its_text_is_harmless(
    dashboard: Dashboard, steward: Page, chromium: Browser
) -> None:
    dashboard.place.drop(
        "order_id,order_date,region,product,quantity,revenue\n"
        '<script>window.hit=1</script>,2026-01-01,"<img src=x onerror=""window.hit=1"">",Milk 1L,1,100\n'
        "2,2026-01-02,South,Milk 1L,1,23.5\n"
    )
    number = dashboard.place.one("select exception_id from platform.exception")
    context = open_browser(dashboard, chromium, "viewer")
    colleague = context.new_page()
    colleague.goto(f"{dashboard.url}/exceptions")
    expect(colleague.get_by_text("1 row, oldest first")).to_be_visible()
    steward.goto(f"{dashboard.url}/exceptions?exception={number}")
    expect(steward.get_by_text("region is one of North, South, East, West, Central.").first).to_be_visible()
    steward.get_by_label("region", exact=True).fill("East")
    steward.get_by_role("button", name="Correct and release").click()
    expect(steward.get_by_text("Nothing here")).to_be_visible()
    expect(colleague.get_by_text("Nothing here")).to_be_visible()
    context.close()
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
    expect(steward.get_by_text("Picked: 2 rows.")).to_be_visible()
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

    expect(steward.get_by_text("edited 2 rows, not edited 0.")).to_contain_text("1 released, 1 still open")
    assert dashboard.place.one("select count(*) from platform.exception where state = 'OPEN'") == 2
    steward.get_by_role("button", name="Write 2 corrections").click()
    expect(steward.get_by_text("1 row, oldest first")).to_be_visible()
    assert dashboard.place.one("select region from sales_orders.orders where order_id = 'H1'") == "East"


def test_many_rows_are_waived_at_once_by_two_people(dashboard: Dashboard, steward: Page, chromium: Browser) -> None:
    place = dashboard.place
    again = "".join(f"G{number},2026-01-31,South,Milk 1L,1,5\n" for number in range(3))
    place.drop(HEADER + GOOD + again)
    steward.goto(f"{dashboard.url}/exceptions?rule=order_id_is_unique")
    steward.get_by_role("button", name="Ask for 3 waivers").click()
    steward.get_by_label("Why (kept in the audit trail)").fill("each order came twice")
    steward.get_by_role("dialog").get_by_role("button", name="Ask for 3").click()
    grant = steward.get_by_role("button", name="Grant 3 waivers")
    grant.click()
    steward.get_by_role("dialog").get_by_role("button", name="Grant 3").click()
    expect(steward.get_by_text("3 still open")).to_be_visible()
    assert place.one("select count(*) from platform.exception where state = 'OPEN'") == 3

    context = open_browser(dashboard, chromium, "admin")
    second = context.new_page()
    second.goto(f"{dashboard.url}/exceptions?rule=order_id_is_unique")
    second.get_by_role("button", name="Grant 3 waivers").click()
    second.get_by_role("dialog").get_by_role("button", name="Grant 3").click()

    expect(second.get_by_text("Nothing here")).to_be_visible()
    expect(steward.get_by_text("Nothing here")).to_be_visible()
    context.close()
    waived = place.rows("select asked_by, granted_by, count(*) from platform.waiver group by 1, 2")
    assert waived == [{"asked_by": "steward", "granted_by": "second-admin", "count": 3}]
    assert place.one("select count(*) from sales_orders.orders where region = 'South'") == 3


def test_corrections_that_did_not_follow_are_written_again_or_left(dashboard: Dashboard, steward: Page) -> None:
    place = dashboard.place
    place.drop(TELCO + "F,Small,10000,1\nF,Big,20000,1\n", NAME, "telco_packages")
    for package, text, seen in (("Small", "12000", "10000.00"), ("Big", "22000", "20000.00")):
        correct(place, telco_row(place, package), "price", text, seen, dataset="telco_packages")
    place.drop(TELCO + "F,Small,11000,1\nF,Big,21000,1\n", NAME, "telco_packages")

    steward.goto(f"{dashboard.url}/exceptions?dataset=telco_packages")
    expect(steward.get_by_role("heading", name="Corrections that did not follow")).to_be_visible()
    expect(steward.get_by_text("2 wait for a decision, 2 are shown.")).to_be_visible()
    steward.get_by_role("button", name="Write the correction again").first.click()
    expect(steward.get_by_text("1 waits for a decision.")).to_be_visible()
    steward.get_by_role("button", name="Leave it as the file says").click()
    steward.get_by_label("Why (kept in the audit trail)").fill("the operator is right")
    steward.get_by_role("dialog").get_by_role("button", name="Leave it").click()

    expect(steward.get_by_role("heading", name="Corrections that did not follow")).to_be_hidden()
    prices = place.rows("select price_idr from telco_packages.packages where replaced_by_run is null")
    assert sorted(int(row["price_idr"]) for row in prices) in ([11000, 22000], [12000, 21000])
