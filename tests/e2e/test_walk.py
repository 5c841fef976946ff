"""What a business user does on a first day, in a real browser, on the stack that `quayside up` starts."""

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard import formats
from tests.browsing import PATIENCE_MS, watched
from tests.running import RunningStack

pytestmark = pytest.mark.stack


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[tuple[RunningStack, str]]:
    """A started stack, and the address that it tells."""
    running = RunningStack(tmp_path_factory.mktemp("walk") / "home", "up")
    try:
        told = re.search(r"Dashboard\s+(http://\S+)", running.start())
        assert told
        yield running, told[1]
    finally:
        if running.process is not None and running.process.poll() is None:
            running.stop()


def test_the_first_day_of_a_business_user(
    stack: tuple[RunningStack, str], chromium: Browser, shared_data: Path
) -> None:
    running, url = stack
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce", base_url=url)
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    problems = watched(page, url)
    expected = json.loads((shared_data / "sales_orders" / "expected.json").read_text())
    revenue, waiting = Decimal(expected["revenue_inr"]), Decimal(expected["revenue_waiting_inr"])

    _sign_in(page, running.password)
    _upload(page, shared_data / "sales_orders" / "sales_data.csv")
    _read_sales(page, revenue, waiting)
    _, released = _release_one(page, running)
    _read_sales(page, revenue + released, waiting - released)
    context.close()
    assert problems == []


def _sign_in(page: Page, password: str) -> None:
    page.goto("/")
    page.get_by_label("Account").fill("admin")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Overview")


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
