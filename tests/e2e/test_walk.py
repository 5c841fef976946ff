"""What a business user does on a first day, in a real browser, on the stack that `quayside up` starts."""

import csv
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard import formats
from tests.browsing import PATIENCE_MS, sign_in, watched
from tests.running import RunningStack

pytestmark = pytest.mark.stack


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[RunningStack]:
    """A started stack."""
    running = RunningStack(tmp_path_factory.mktemp("walk") / "home", "up")
    try:
        running.start()
        yield running
    finally:
        if running.process is not None and running.process.poll() is None:
            running.stop()


def test_the_first_day_of_a_business_user(
    running: RunningStack, chromium: Browser, shared_data: Path, tmp_path: Path
) -> None:
    url = running.dashboard()
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce", base_url=url)
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    problems = watched(page, url)
    expected = json.loads((shared_data / "sales_orders" / "expected.json").read_text())
    revenue, waiting = Decimal(expected["revenue_inr"]), Decimal(expected["revenue_waiting_inr"])

    sign_in(page, running.password)
    _upload(page, shared_data / "sales_orders" / "sales_data.csv")
    _read_sales(page, revenue, waiting)
    order, released = _release_one(page, running)
    _read_sales(page, revenue + released, waiting - released)
    _edit_and_take_back(page, order)
    _export(page, tmp_path / "north.csv")

    context.close()
    assert problems == []


def _upload(page: Page, path: Path) -> None:
    """Send the file as it is and follow its run to the last row."""
    page.get_by_role("link", name="Upload", exact=True).click()
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("button", name="Upload 1 file").click()
    sent = page.locator(".file", has_text=path.name)
    expect(sent).to_have_attribute("data-state", "done", timeout=120_000)
    assert [text.split()[0] for text in sent.locator(".figure").all_inner_texts()] == ["5,000", "4,376", "624"]


def _read_sales(page: Page, revenue: Decimal, waiting: Decimal) -> None:
    page.get_by_role("link", name="Sales", exact=True).click()
    for amount in (revenue, waiting):
        expect(page.get_by_role("link", name=formats.rupees(amount))).to_be_visible()


def _release_one(page: Page, running: RunningStack) -> tuple[str, Decimal]:
    """Correct a row that lacks nothing but its region; return its order and its revenue."""
    ((exception,),) = running.rows(
        "select exception_id from platform.exception as e join platform.finding as f using (run_id, line) "
        "group by exception_id having array_agg(f.rule) = '{region_present}' order by exception_id limit 1"
    )
    page.goto(f"/exceptions?rule=region_present&exception={exception}")
    order = page.get_by_label("order_id", exact=True).input_value()
    revenue = Decimal(page.get_by_label("revenue", exact=True).input_value())
    page.get_by_label("region", exact=True).fill("North")
    page.get_by_role("button", name="Correct and release").click()
    expect(page.get_by_role("status").filter(has_text="1 released")).to_be_visible()
    expect(page.get_by_text("82 rows, oldest first")).to_be_visible()
    return order, revenue.quantize(Decimal("0.01"))


def _edit_and_take_back(page: Page, order: str) -> None:
    """Correct a cell by a double click, find it in the audit trail, and take it back."""
    page.goto(f"/grid?dataset=sales_orders&row={quote(order)}")
    cell = page.locator(".tabulator-row", has_text=order).locator("[tabulator-field=quantity]")
    before = cell.inner_text()
    after = str(int(before) + 1)
    cell.dblclick()
    page.get_by_label(f"Quantity of {order}").fill(after)
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text=f"quantity is now {after}")).to_be_visible()
    expect(page.get_by_role("row", name=f"admin Corrected quantity {before} {after}")).to_be_visible()

    page.goto("/audit?event=correction")
    expect(page.get_by_role("row", name="admin").filter(has_text=order)).to_have_count(1)

    page.goto(f"/grid?dataset=sales_orders&row={quote(order)}")
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_role("status").filter(has_text=f"quantity is {before} again")).to_be_visible()
    expect(cell).to_contain_text(before)


def _export(page: Page, path: Path) -> None:
    """The CSV holds the rows of the screen in their order, all of them, and they make up the figure of the page."""
    page.goto("/grid?dataset=sales_orders&region=North&sort=-ordered_on")
    link = page.get_by_role("link", name="Export 869 rows as CSV")
    orders = page.locator(".tabulator-row [tabulator-field=order_id]")
    expect(orders.first).to_be_visible()
    shown = orders.all_inner_texts()
    with page.expect_download() as download:
        link.click()
    download.value.save_as(path)
    with path.open(encoding="utf-8", newline="") as content:
        rows = list(csv.DictReader(content))
    assert len(rows) == 869
    assert [row["order_id"] for row in rows][: len(shown)] == shown
    page.goto("/sales?region=North")
    total = sum(Decimal(row["revenue_inr"]) for row in rows)
    expect(page.get_by_role("link", name=formats.rupees(total))).to_be_visible()
