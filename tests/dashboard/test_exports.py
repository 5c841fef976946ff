"""What is exported equals the screen, all of it, harmless to a spreadsheet, audited; charts leave as pictures."""

import csv
import io
import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

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
