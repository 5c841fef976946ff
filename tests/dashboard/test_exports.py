"""What is exported equals the screen, all of it, harmless to a spreadsheet, audited; charts leave as pictures."""

import csv
import io
import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.dashboard.conftest import Dashboard, open_browser

HEADER = "order_id,order_date,region,product,quantity,revenue\n"
ROWS = (
    "A1,2026-01-01,North,Milk 1L,1,10\nA2,2026-01-02,South,=1+1,1,20\nA3,2026-01-03,South,Milk 1L,1,30.5\n"
    "H1,2026-01-04,,=cmd(),1,5\nH2,2026-01-05,,Milk 1L,1,5\n"
)


def rows_of(page: Page, link: str) -> list[dict[str, str]]:
    """Follow a link of a page and return what was downloaded."""
    with page.expect_download() as told:
        page.get_by_role("link", name=link).first.click()
    return list(csv.DictReader(io.StringIO(Path(told.value.path()).read_text("utf-8-sig"))))


def test_what_is_exported_equals_the_screen(dashboard: Dashboard, steward: Page) -> None:
    dashboard.place.drop(HEADER + ROWS)

    steward.goto(f"{dashboard.url}/sales?region=South")
    products = rows_of(steward, "CSV of 2 rows")
    steward.goto(f"{dashboard.url}/exceptions?rule=region_present")
    held = rows_of(steward, "CSV of 2 rows of Sales orders")
    steward.goto(f"{dashboard.url}/audit?event=export")
    audited = rows_of(steward, re.compile("CSV of 2 events"))  # type: ignore[arg-type]  # a pattern is a name too

    by_region = {row["region"]: row["revenue_inr"] for row in products if "region" in row}
    assert by_region == {"North": "10.00", "South": "50.50"}
    assert [(row["order_id"], row["product"]) for row in held] == [("H1", "'=cmd()"), ("H2", "Milk 1L")]
    assert [row["actor"] for row in audited] == ["steward", "steward"]
    assert all('"rows": 2' in row["counts"] for row in audited)


def test_what_every_dataset_answers_leaves_from_its_tiles(dashboard: Dashboard, steward: Page) -> None:
    dashboard.place.drop(HEADER + ROWS)

    steward.goto(f"{dashboard.url}/figures?dataset=sales_orders")
    (figures,) = rows_of(steward, "CSV of 1 row")
    regions = rows_of(steward, "CSV of 2 rows")

    assert (figures["orders"], figures["revenue_inr"]) == ("3", "60.50")
    assert {row["region"]: row["revenue_inr"] for row in regions} == {"South": "50.50", "North": "10.00"}


def test_the_tile_of_what_waits_leads_to_as_much_of_the_filter_as_the_inbox_takes(
    dashboard: Dashboard, steward: Page
) -> None:
    dashboard.place.drop(HEADER + ROWS + "H3,2026-01-06,South,Milk 1L,none,5\n")

    steward.goto(f"{dashboard.url}/sales?region=South")
    tile = steward.locator(".q-tile", has_text="Revenue waiting")
    expect(tile.locator(".q-value")).to_have_text("₹5.00")
    expect(tile).not_to_contain_text("The link shows")
    tile.locator(".q-value").click()
    expect(steward.get_by_role("link", name="CSV of 1 row of Sales orders")).to_be_visible()
    assert "value=region%3DSouth" in steward.url

    steward.goto(f"{dashboard.url}/sales?region=South&product=Milk+1L&first=2026-01-01&last=2026-01-31")
    expect(tile).to_contain_text("The link shows held rows of Milk 1L, of every day and every region")


def test_a_filter_that_is_none_is_refused(dashboard: Dashboard) -> None:
    dashboard.place.drop(HEADER + ROWS)
    cookie = {"Cookie": dashboard.cookie("viewer")}

    def status(path: str, headers: dict[str, str] = cookie) -> int:
        return dashboard.http("GET", f"/export/{path}", headers=headers).status

    assert status("sales/region.csv?product=Milk+1L") == 200
    assert status("runs/runs.csv") == status("products/products.csv") == status("exceptions/by_day.csv") == 200
    assert status("sales/region.csv?colour=red") == status("sales/region.csv?first=soon") == 400
    assert status("exceptions/rows.csv") == 400
    assert status("sales/nothing.csv") == 404
    assert status("sales/region.csv", {}) == 401


@pytest.mark.parametrize(("mode", "card"), [("light", (255, 255, 255)), ("dark", (20, 29, 51))])
def test_a_chart_is_saved_as_a_picture_on_the_colour_of_a_card(
    dashboard: Dashboard, chromium: Browser, mode: str, card: tuple[int, int, int]
) -> None:
    dashboard.place.drop(HEADER + ROWS)
    context = open_browser(dashboard, chromium, "viewer", mode=mode)
    page = context.new_page()
    page.add_init_script("window.requestIdleCallback = (draw) => setTimeout(draw, 4000)")  # a busy machine
    page.goto(f"{dashboard.url}/sales")
    with page.expect_download() as told:
        page.get_by_role("button", name="PNG").first.click()
    assert told.value.suggested_filename == "revenue.png"
    with Image.open(told.value.path()) as picture:
        assert picture.convert("RGBA").getpixel((1, 1)) == (*card, 255)
    context.close()
