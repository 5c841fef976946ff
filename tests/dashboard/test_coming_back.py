"""What becomes of an open page when the dashboard that served it is gone."""

from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page, Route, WebSocketRoute, expect

from tests.browsing import expect_page
from tests.dashboard.conftest import Dashboard, start_dashboard
from tests.dashboard.test_upload import GOOD, payload

LOST = "The connection to Quayside was lost"


def test_a_page_that_lost_its_dashboard_says_so_and_comes_back_by_itself(
    dashboard: Dashboard, steward: Page, tmp_path: Path
) -> None:
    steward.goto(f"{dashboard.url}/overview")
    expect_page(steward, "Overview")
    steward.get_by_role("link", name="Runs", exact=True).click()
    expect_page(steward, "Runs")

    dashboard.process.kill()

    expect(steward.get_by_role("alert").filter(has_text=LOST)).to_be_visible()
    (tmp_path / "again").mkdir()
    again = start_dashboard(dashboard.place, tmp_path / "again", port=urlsplit(dashboard.url).port or 0)
    try:
        expect(steward.get_by_text(LOST)).to_have_count(0)
        expect_page(steward, "Runs")
        expect(steward).to_have_url(f"{dashboard.url}/runs")
        steward.get_by_role("link", name="Overview", exact=True).click()
        expect_page(steward, "Overview")
    finally:
        again.process.terminate()
        again.process.wait(20)


def test_a_page_that_still_sends_files_waits_for_them_before_it_comes_back(dashboard: Dashboard, steward: Page) -> None:
    held, sockets = list[Route](), list[WebSocketRoute]()

    def hold(route: Route) -> None:
        held.append(route)

    def pass_on(socket: WebSocketRoute) -> None:
        socket.connect_to_server()
        sockets.append(socket)

    steward.route("**/upload/file/*", hold)
    steward.route_web_socket("**/ws*", pass_on)
    steward.goto(f"{dashboard.url}/upload")
    steward.locator("input[type=file]").set_input_files(payload("kept.csv", GOOD))
    with steward.expect_request("**/upload/file/*"):
        steward.get_by_role("button", name="Upload 1 file").click()

    with steward.expect_response("**/healthz"):
        sockets[0].close()

    sent = steward.locator(".file", has_text="kept.csv")
    expect(sent).to_have_attribute("data-state", "uploading 0 %")
    with steward.expect_event("framenavigated"):
        held[0].continue_()
    expect(steward.get_by_text(LOST)).to_have_count(0)
    expect(sent).to_have_attribute("data-state", "landed, waits for the pickup")
