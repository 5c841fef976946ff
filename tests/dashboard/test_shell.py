"""The shell: signing in, the menu, the first page."""

import re
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browsing import expect_page
from tests.dashboard.conftest import FORM, Dashboard, open_browser


def test_a_person_signs_in_and_sees_what_came_in(dashboard: Dashboard, steward: Page, shared_data: Path) -> None:
    real = (shared_data / "sales_orders" / "sales_data.csv").read_bytes()
    dashboard.place.drop(real, "sales_data.csv")
    steward.goto(f"{dashboard.url}/overview")
    expect(steward.get_by_role("heading", level=1)).to_have_text("Overview")
    expect(steward.get_by_text("₹2,87,86,763.77")).to_be_visible()
    expect(steward.get_by_role("link", name="sales_data.csv")).to_be_visible()


def test_nobody_sees_a_page_without_signing_in(dashboard: Dashboard) -> None:
    answer = dashboard.http("GET", "/overview")
    assert answer.status == 302
    assert "/sign-in" in answer.headers["Location"]


@pytest.mark.parametrize("origin", ["http://elsewhere.example", ""])
def test_a_foreign_page_signs_nobody_in(dashboard: Dashboard, origin: str) -> None:
    headers = {"Origin": origin, "Content-Type": FORM}
    answer = dashboard.http("POST", "/sign-in", body="account=admin&password=whatever+it+is", headers=headers)
    assert answer.status == 403


def test_a_link_opens_a_page_and_the_back_button_returns(dashboard: Dashboard, steward: Page) -> None:
    steward.goto(f"{dashboard.url}/overview")
    steward.get_by_role("link", name="Sales", exact=True).click()
    expect(steward.get_by_role("heading", level=1)).to_have_text("Sales")
    expect(steward).to_have_url(f"{dashboard.url}/sales")
    steward.go_back()
    expect(steward.get_by_role("heading", level=1)).to_have_text("Overview")


def test_the_sales_page_shows_what_the_address_says(dashboard: Dashboard, steward: Page) -> None:
    dashboard.place.drop(
        "order_id,order_date,region,product,quantity,revenue\n"
        "1,2026-01-01,North,Milk 1L,1,100\n2,2026-01-02,South,Milk 1L,1,23.5\n"
    )
    steward.goto(f"{dashboard.url}/sales?region=South&first=2026-01-02&last=2026-01-02")
    expect(steward.get_by_role("link", name="₹23.50").first).to_be_visible()


def test_the_page_does_not_hold_the_session_of_the_person(dashboard: Dashboard) -> None:
    cookie = dashboard.cookie("steward")
    page = dashboard.http("GET", "/overview", headers={"Cookie": cookie})
    assert page.status == 200
    token = cookie.partition("=")[2]
    assert token[:40] not in page.data.decode()
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize("cookie", ["quayside=forged", "quayside=2|1:0|10:1|8:quayside|4:YWRt|0000"])
def test_a_forged_cookie_is_nobody(dashboard: Dashboard, cookie: str) -> None:
    assert dashboard.http("GET", "/overview", headers={"Cookie": cookie}).status == 302


def test_an_unknown_address_shows_people_the_way_home(dashboard: Dashboard) -> None:
    shown = dashboard.http("GET", "/no-such-page", headers={"Accept": "text/html"})
    assert shown.status == 404
    assert 'href="/overview"' in shown.data.decode()
    told = dashboard.http("GET", "/no-such-page")
    assert (told.status, told.json()) == (404, {"message": "there is no such page"})


def test_the_menu_starts_closed_on_a_phone_and_open_on_a_desk(dashboard: Dashboard, chromium: Browser) -> None:
    for width, told in ((390, "Open drawer"), (1440, "Close drawer")):
        context = open_browser(dashboard, chromium, "viewer", width=width)
        page = context.new_page()
        page.goto(f"{dashboard.url}/overview")
        expect(page.get_by_role("button", name=told)).to_be_visible()
        context.close()


def test_bars_stand_for_a_page_until_the_database_has_answered(dashboard: Dashboard, steward: Page) -> None:
    with psycopg.connect(dashboard.place.parts.settings.database_url.get_secret_value()) as connection:
        connection.execute("lock table platform.run in access exclusive mode")
        steward.goto(f"{dashboard.url}/runs")
        expect(steward.get_by_role("heading", level=1)).to_have_text("Runs")
        expect(steward.get_by_role("status", name="Loading")).to_be_visible()
    expect_page(steward, "Runs")


def test_a_page_fetches_the_letters_that_it_shows_and_no_others(dashboard: Dashboard, steward: Page) -> None:
    fetched: list[str] = []
    steward.on("request", lambda request: fetched.append(request.url.rpartition("/")[2]))
    steward.goto(f"{dashboard.url}/runs")
    expect_page(steward, "Runs")
    steward.evaluate("document.fonts.ready")
    letters = {one.partition("-normal")[0] for one in fetched if one.startswith("roboto")}
    assert "roboto-latin-400" in letters
    assert {one for one in letters if not one.startswith("roboto-latin")} == set()
    assert [one for one in fetched if "bokeh-gl" in one] == []


@pytest.mark.parametrize("name", ["quayside.css", "sign_in.css", "mode.js"])
def test_a_stranger_sees_the_sign_in_as_it_was_drawn(dashboard: Dashboard, name: str) -> None:
    assert f"/assets/{name}" in dashboard.http("GET", "/sign-in").data.decode()
    assert dashboard.http("GET", f"/assets/{name}").status == 200
    assert dashboard.http("GET", "/assets/browser.js").status == 302


def test_the_font_of_the_sign_in_is_there(dashboard: Dashboard) -> None:
    (font,) = re.findall(r'url\("([^"]+)"\)', dashboard.http("GET", "/sign-in").data.decode())
    assert dashboard.http("GET", font).data[:4] == b"wOF2"
