"""The inbox: the real file's rows without a region are set to North, and every figure follows."""

import json
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.dashboard.conftest import Dashboard


def test_one_region_for_all_rows_without_one(dashboard: Dashboard, steward: Page, shared_data: Path) -> None:
    folder = shared_data / "sales_orders"
    expected = json.loads((folder / "expected.json").read_text())["after_setting_region_north_on_all_83"]
    dashboard.place.drop((folder / "sales_data.csv").read_bytes(), "sales_data.csv")

    steward.goto(f"{dashboard.url}/exceptions?rule=region_present")
    expect(steward.get_by_text("83 rows, oldest first; 50 shown")).to_be_visible()
    expect(steward.get_by_role("combobox", name="Column")).to_have_text("region")
    steward.get_by_label("New text").fill("North")
    steward.get_by_role("button", name="Set and release all").click()
    steward.get_by_role("button", name="Set and release 83").click()

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
