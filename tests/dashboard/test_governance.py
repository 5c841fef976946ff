"""The governance summary: a viewer's page, and a document that prints without the dashboard around it."""

from playwright.sync_api import Browser, expect

from tests.dashboard.conftest import Dashboard, open_browser
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
