"""What is exported equals the screen, all of it, harmless to a spreadsheet, audited; charts leave as pictures."""

import csv
import io
import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page

from tests.dashboard.conftest import Dashboard, open_browser
from tests.integration.test_corrections import NAME, TELCO, correct, telco_row

HEADER = "order_id,order_date,region,product,quantity,revenue\n"
ROWS = (
    "A1,2026-01-01,North,Milk 1L,1,10\nA2,2026-01-02,South,=1+1,1,20\nA3,2026-01-03,South,Milk 1L,1,30.5\n"
    "H1,2026-01-04,,=cmd(),1,5\nH2,2026-01-05,,Milk 1L,1,5\n"
)


def rows_of(page: Page, link: str | re.Pattern[str] | Locator) -> list[dict[str, str]]:
    """Follow a link of a page and return what was downloaded."""
    with page.expect_download() as told:
        (link if isinstance(link, Locator) else page.get_by_role("link", name=link).first).click()
    return list(csv.DictReader(io.StringIO(Path(told.value.path()).read_text("utf-8-sig"))))


def test_what_is_exported_equals_the_screen(dashboard: Dashboard, steward: Page) -> None:
    dashboard.place.drop(HEADER + ROWS)

    steward.goto(f"{dashboard.url}/sales?region=South")
    products = rows_of(steward, "CSV of 2 rows")
    steward.goto(f"{dashboard.url}/exceptions?rule=region_present")
    held = rows_of(steward, "CSV of 2 rows of Sales orders")
    steward.goto(f"{dashboard.url}/audit?event=export")
    audited = rows_of(steward, re.compile("CSV of 2 events"))

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


def test_the_first_page_and_a_run_hand_out_their_tables(dashboard: Dashboard, steward: Page) -> None:
    other = dashboard.place.drop(HEADER + "Z1,2026-01-01,North,Milk 1L,1,10\n", "=other.csv")
    run = dashboard.place.drop(HEADER + ROWS)

    steward.goto(f"{dashboard.url}/overview")
    runs = rows_of(steward, "CSV of 2 latest runs")
    quality = rows_of(steward, re.compile("CSV of . datasets"))
    held = rows_of(steward, "CSV of 1 reason")
    assert [row["base_name"] for row in runs] == ["orders.csv", "'=other.csv"]
    assert {row["dataset"] for row in quality} == set(dashboard.place.parts.datasets)
    assert [row["exceptions"] for row in held] == ["2"]

    steward.goto(f"{dashboard.url}/runs?run={run.run_id}&compare={other.run_id}")
    stages = rows_of(steward, re.compile("CSV of . stages"))
    measures = rows_of(steward, re.compile("CSV of .* measures"))
    assert stages[0]["stage"] == "register"
    assert ["2", "0"] in [[row["run"], row["other_run"]] for row in measures if row["measure"] == "rows_held"]
    for one in steward.get_by_role("link", name=re.compile("^CSV of .* controls")).all():
        assert len(rows_of(steward, one)) == int(re.findall("[0-9]+", one.inner_text())[0])


def test_accounts_and_corrections_leave_from_their_pages(
    dashboard: Dashboard, steward: Page, chromium: Browser
) -> None:
    place = dashboard.place
    place.drop(TELCO + "F,Small,10000,1\n", NAME, "telco_packages")
    correct(place, telco_row(place, "Small"), "price", "12000", "10000.00", dataset="telco_packages")
    place.drop(TELCO + "F,Small,11000,1\n", NAME, "telco_packages")

    steward.goto(f"{dashboard.url}/exceptions?dataset=telco_packages")
    (conflict,) = rows_of(steward, "CSV of 1 correction")
    context = open_browser(dashboard, chromium, "admin")
    admin = context.new_page()
    admin.goto(f"{dashboard.url}/people")
    told = rows_of(admin, re.compile("CSV of .* accounts"))
    shown = admin.get_by_role("table").locator("tbody tr").count()
    context.close()

    assert (conflict["corrected_to"], conflict["found"]) == ("12000.00", "11000.00")
    assert len(told) == shown
    cookie = {"Cookie": dashboard.cookie("viewer")}
    assert dashboard.http("GET", "/export/people/accounts.csv", headers=cookie).status == 403


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
