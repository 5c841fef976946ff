"""The governance summary: a viewer's page, and a document that prints without the dashboard around it."""

from playwright.sync_api import Browser, Page, expect

from tests.dashboard.conftest import Dashboard, open_browser
from tests.dashboard.test_audit import fill_day
from tests.integration.test_quality import BAD_TWICE, good
from tests.integration.test_repairs import HEADER


def test_a_viewer_reads_and_prints_the_summary_of_a_period(dashboard: Dashboard, chromium: Browser) -> None:
    dashboard.place.drop(HEADER + good("A", 7) + BAD_TWICE)
    context = open_browser(dashboard, chromium, "viewer")
    page = context.new_page()
    page.goto(f"{dashboard.url}/governance?first=2020-01-01")
    expect(page.get_by_role("row", name="sales_orders 10 7 0 0 7 3 0 0 yes")).to_be_visible()

    with context.expect_page() as opened:
        page.get_by_role("link", name="Document to print or save").click()

    document = opened.value
    expect(document).to_have_url(f"{dashboard.url}/governance/document?first=2020-01-01")
    expect(document.get_by_text("From 1 Jan 2020 to now")).to_be_visible()
    document.emulate_media(media="print")
    expect(document.get_by_role("button", name="Print")).to_be_hidden()
    expect(document.get_by_role("row", name="sales_orders 10 7 0 0 7 3 0 0 yes")).to_be_visible()
    assert document.pdf().startswith(b"%PDF")
    context.close()
    assert dashboard.http("GET", "/governance/document").status == 401


def test_the_summary_follows_the_period_that_is_chosen(dashboard: Dashboard, steward: Page) -> None:
    dashboard.place.drop(HEADER + good("A", 7) + BAD_TWICE)
    rows = steward.get_by_role("row", name="sales_orders 10 7 0 0 7 3 0 0 yes")
    steward.goto(f"{dashboard.url}/governance")
    expect(steward.get_by_text("From the beginning until now")).to_be_visible()
    expect(rows).to_be_visible()

    fill_day(steward, "To", "20251231")
    expect(steward.get_by_text("From the beginning to 31 Dec 2025")).to_be_visible()
    expect(rows).to_have_count(0)
    expect(steward.get_by_text("No run was completed in the period.").first).to_be_visible()
    document = steward.get_by_role("link", name="Document to print or save")
    expect(document).to_have_attribute("href", "/governance/document?last=2025-12-31")

    steward.get_by_role("button", name="All days").click()
    expect(rows).to_be_visible()
    expect(document).to_have_attribute("href", "/governance/document")
