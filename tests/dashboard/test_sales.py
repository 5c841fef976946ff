"""The sales page in a browser: its figures, its bars, the product table."""

import json
import re
from decimal import Decimal
from pathlib import Path

from playwright.sync_api import Page, expect

from dashboard import formats
from tests.dashboard.cards import as_table, card, click_first_bar
from tests.dashboard.conftest import Dashboard

ORDERS = """order_id,order_date,region,product,quantity,revenue
1,2026-01-01,North,Milk 1L,1,100
2,2026-01-02,South,Milk 1L,2,250
3,2026-01-03,South,Biscuits 200g,1,50.5
4,2026-01-03,,Biscuits 200g,1,70
"""


def test_the_figures_are_those_of_the_real_file(dashboard: Dashboard, steward: Page, shared_data: Path) -> None:
    folder = shared_data / "sales_orders"
    expected = json.loads((folder / "expected.json").read_text())
    dashboard.place.drop((folder / "sales_data.csv").read_bytes(), "sales_data.csv")
    steward.goto(f"{dashboard.url}/sales")
    for amount in ("revenue_inr", "average_order_value_inr"):
        expect(steward.get_by_role("link", name=_rupees(expected[amount]))).to_be_visible()
    expect(steward.get_by_role("link", name=_rupees(expected["revenue_waiting_inr"]))).to_be_visible()
    for number in (expected["rows_loaded"], expected["quantity"], 16):
        expect(steward.get_by_role("link", name=formats.count(number), exact=True)).to_be_visible()
    as_table(steward, "Which regions sell most?")
    for region, amount in expected["revenue_inr_by_region"].items():
        expect(steward.get_by_role("row", name=f"{region} {_rupees(amount)}")).to_be_visible()


def test_a_click_on_a_bar_filters_everything_and_a_second_one_takes_it_off(dashboard: Dashboard, steward: Page) -> None:
    dashboard.place.drop(ORDERS)
    steward.goto(f"{dashboard.url}/sales")
    revenue = steward.get_by_role("link", name="₹400.50")
    expect(revenue).to_be_visible()
    click_first_bar(steward, "Which regions sell most?")
    expect(steward).to_have_url(f"{dashboard.url}/sales?region=South")
    shown = steward.get_by_role("link", name="₹300.50")
    expect(shown).to_be_visible()
    assert shown.get_attribute("href") == "/grid?dataset=sales_orders&region=South"
    expect(steward.get_by_text("₹70.00 more in 1 row may belong here")).to_be_visible()
    click_first_bar(steward, "Which regions sell most?")
    expect(steward).to_have_url(f"{dashboard.url}/sales")
    expect(revenue).to_be_visible()


def test_a_chart_is_read_as_a_table_and_turned_back(dashboard: Dashboard, steward: Page) -> None:
    dashboard.place.drop(ORDERS)
    steward.goto(f"{dashboard.url}/sales")
    regions = card(steward, "Which regions sell most?")
    as_table(steward, "Which regions sell most?")
    expect(regions.get_by_role("row", name="South ₹300.50")).to_be_visible()
    expect(regions.locator(".bk-Figure")).to_be_hidden()
    regions.get_by_role("button", name="Show as a chart").click()
    expect(regions.get_by_role("table")).to_be_hidden()
    click_first_bar(steward, "Which regions sell most?")
    expect(steward).to_have_url(f"{dashboard.url}/sales?region=South")


def test_an_order_at_the_end_of_time_is_a_row_like_any_other(dashboard: Dashboard, steward: Page) -> None:
    dashboard.place.drop(ORDERS + "5,9999-12-31,North,Milk 1L,1,100\n")
    steward.goto(f"{dashboard.url}/sales")
    expect(steward.get_by_role("link", name="₹500.50")).to_be_visible()


def test_a_file_that_is_loaded_meanwhile_shows_without_a_reload(dashboard: Dashboard, steward: Page) -> None:
    steward.goto(f"{dashboard.url}/sales")
    expect(steward.get_by_text("No orders here").first).to_be_visible()
    dashboard.place.drop(ORDERS)
    expect(steward.get_by_role("link", name="₹400.50")).to_be_visible()


def test_a_steward_moves_a_product_after_seeing_what_moves(dashboard: Dashboard, steward: Page) -> None:
    dashboard.place.drop(ORDERS)
    steward.goto(f"{dashboard.url}/products")
    steward.get_by_label("Product, as the files write it").fill("Milk 1L")
    steward.get_by_label("Category", exact=True).fill("Breakfast")
    steward.get_by_label("Why (kept in the audit trail)").fill("as agreed")
    steward.get_by_role("button", name="See what moves").click()
    expect(steward.get_by_text("From Dairy Products to Breakfast: 2 orders with ₹350.00 of revenue")).to_be_visible()
    steward.get_by_role("button", name="Move them").click()
    expect(steward.get_by_role("row", name=re.compile("Milk 1L Breakfast"))).to_be_visible()


def _rupees(amount: str) -> str:
    return formats.rupees(Decimal(amount))
