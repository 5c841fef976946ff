"""The sales page in a browser: its figures, its bars, the product table."""

import json
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from dashboard import formats
from tests.dashboard.cards import as_table, card, choose, click_first_bar, tile
from tests.dashboard.conftest import Dashboard
from tests.dashboard.test_exports import rows_of

ORDERS = """order_id,order_date,region,product,quantity,revenue
1,2026-01-01,North,Milk 1L,1,100
2,2026-01-02,South,Milk 1L,2,250
3,2026-01-03,South,Biscuits 200g,1,50.5
4,2026-01-03,,Biscuits 200g,1,70
"""

FIGURES: dict[str, tuple[str, Callable[[Any], str]]] = {  # Any: amounts and counts
    "Total revenue": ("revenue_inr", formats.rupees),
    "Orders": ("orders", formats.count),
    "Average order value": ("average_order_value_inr", formats.rupees),
    "Active products": ("active_products", formats.count),
    "Units": ("units", formats.count),
}
"""What each tile shows: the name of its figure, and how it is told."""


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


@pytest.mark.parametrize(
    ("first", "last", "points", "by"),
    [("2025-05-01", "2025-05-20", 20, "day"), ("2025-05-01", "2025-10-31", 6, "whole month")],
)
def test_each_tile_tells_its_change_against_the_period_before_and_its_trend(
    dashboard: Dashboard, steward: Page, shared_data: Path, first: str, last: str, points: int, by: str
) -> None:
    place = dashboard.place
    place.drop((shared_data / "sales_orders" / "sales_data.csv").read_bytes(), "sales_data.csv")
    (between,) = place.rows("select * from sales_orders.figures_between(%(first)s, %(last)s)", first=first, last=last)
    steward.goto(f"{dashboard.url}/sales?first={first}&last={last}")
    for label, (name, told) in FIGURES.items():
        now, before, shown = between[name], between[f"{name}_before"], tile(steward, label)
        expect(shown.locator(".q-value")).to_have_text(told(now))
        arrow = "▲" if now > before else "▼" if now < before else "■"
        expect(shown.locator(".q-chip")).to_have_text(f"{arrow} {formats.change(now, before)}")
        expect(shown).to_contain_text(f"{told(before)} in the ")
        trend = shown.get_by_role("img", name=f"{label} by {by}")
        drawn = trend.locator("polyline").get_attribute("points") or ""
        assert len(drawn.split()) == points


def test_a_day_without_orders_is_a_point_of_the_trend(dashboard: Dashboard, steward: Page) -> None:
    dashboard.place.drop(ORDERS)
    steward.goto(f"{dashboard.url}/sales?first=2026-01-01&last=2026-01-04&product=Biscuits+200g")
    trend = steward.get_by_role("img", name="Orders by day").locator("polyline")
    expect(trend).to_have_attribute("points", "0.0,31.0 80.0,31.0 160.0,3.0")


def test_each_figure_leads_to_the_rows_that_make_it(dashboard: Dashboard, steward: Page) -> None:
    dashboard.place.drop(ORDERS + "5,2026-02-01,South,Milk 1L,4,900\n")
    there = "/sales?first=2026-01-01&last=2026-01-31&category=Dairy+Products"
    for label, (name, told) in FIGURES.items():
        steward.goto(dashboard.url + there)
        figure = tile(steward, label).locator(".q-value")
        expect(figure).not_to_have_text(formats.NOTHING)
        shown = figure.inner_text()
        figure.click()
        rows = rows_of(steward, "Export 2 rows as CSV")
        revenue = sum(Decimal(row["revenue_inr"]) for row in rows)
        sums = {
            "revenue_inr": revenue,
            "orders": len(rows),
            "average_order_value_inr": revenue / len(rows),
            "active_products": len({row["product"] for row in rows}),
            "units": sum(int(row["quantity"]) for row in rows),
        }
        assert shown == told(sums[name])


def test_what_is_listed_is_chosen_by_mouse_and_by_keyboard(dashboard: Dashboard, steward: Page) -> None:
    dashboard.place.drop(ORDERS)
    steward.goto(f"{dashboard.url}/sales")
    revenue = tile(steward, "Total revenue").locator(".q-value")
    expect(revenue).to_have_text("₹400.50")
    choose(steward, "Region", "South")
    expect(revenue).to_have_text("₹300.50")

    products = steward.get_by_role("combobox", name="Product", exact=True)
    for opens in ("Space", "ArrowDown", "Enter"):
        products.focus()
        steward.keyboard.press(opens)
        expect(steward.get_by_role("option", name="All", exact=True)).to_be_focused()
        steward.keyboard.press("Escape")
        expect(steward.get_by_role("listbox")).to_have_count(0)
        expect(products).to_be_focused()
    steward.keyboard.press("Enter")
    expect(steward.get_by_role("option", name="All", exact=True)).to_be_focused()
    steward.keyboard.press("ArrowDown")
    steward.keyboard.press("Enter")
    expect(revenue).to_have_text("₹50.50")
    expect(steward).to_have_url(f"{dashboard.url}/sales?region=South&product=Biscuits+200g")

    steward.get_by_role("button", name="Show everything").click()
    expect(products).to_have_text("All")
    choose(steward, "Category", "Dairy Products")
    expect(revenue).to_have_text("₹350.00")
    choose(steward, "Period", "January 2026")
    expect(steward).to_have_url(f"{dashboard.url}/sales?first=2026-01-01&last=2026-01-31&category=Dairy+Products")
    expect(steward.get_by_role("img", name="Total revenue by day")).to_be_visible()


def test_no_tile_is_drawn_again_for_a_choice_that_is_not_its_own(dashboard: Dashboard, steward: Page) -> None:
    dashboard.place.drop(ORDERS)
    told: list[str] = []
    steward.on("websocket", lambda socket: socket.on("framereceived", lambda frame: told.append(str(frame))))
    steward.goto(f"{dashboard.url}/sales")
    expect(steward.locator(".q-tile")).to_have_count(6)
    click_first_bar(steward, "Which regions sell most?")
    expect(tile(steward, "Total revenue").locator(".q-value")).to_have_text("₹300.50")
    assert any("q-tile" in one for one in told)

    for one in steward.locator(".q-tile").all():
        one.evaluate("tile => { tile.isTheSame = true }")
    told.clear()
    steward.get_by_role("button", name="Orders", exact=True).click()
    expect(steward).to_have_url(f"{dashboard.url}/sales?region=South&measure=orders")
    as_table(steward, "Which products?")
    expect(card(steward, "Which products?").get_by_role("row", name="Milk 1L")).to_be_visible()
    assert [one for one in told if "q-tile" in one] == []
    assert all(one.evaluate("tile => tile.isTheSame") for one in steward.locator(".q-tile").all())


def _rupees(amount: str) -> str:
    return formats.rupees(Decimal(amount))
