"""The rows of the grid: sorted and searched in the database, paged, counted, with head and key always in sight."""

import re

from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.dashboard.conftest import Dashboard, open_browser
from tests.dashboard.test_grid_keys import HEADER, ROWS, cell, rows

CANCELS_AT_ONCE = """(grid) => new MutationObserver((_, observer) => {
  if (grid.classList.contains("is-busy")) { observer.disconnect(); grid.querySelector(".busy button").click() }
}).observe(grid, {attributes: true})"""
"""A question ends by itself after 3 s, which a busy machine may need for a click."""


def last_head(page: Page) -> Locator:
    return page.get_by_role("columnheader", name="Unit revenue (₹)", exact=True)


def test_a_click_on_a_head_sorts_every_row_and_the_pager_goes_through_them(dashboard: Dashboard, steward: Page) -> None:
    dashboard.place.drop(HEADER + ROWS)
    steward.goto(f"{dashboard.url}/grid")
    head = steward.get_by_role("columnheader", name="Revenue (₹)", exact=True)
    expect(head).to_have_attribute("aria-sort", "none")
    for way, first, last in (("ascending", "K000", "K119"), ("descending", "K119", "K000"), ("none", "K000", "K119")):
        head.get_by_role("button").click()
        expect(head).to_have_attribute("aria-sort", way)
        expect(rows(steward).first).to_have_text(first)
        steward.get_by_role("button", name="Last rows").click()
        expect(rows(steward).last).to_have_text(last)
        expect(steward.get_by_text("Rows 71 to 120 of 120")).to_be_visible()
        steward.get_by_role("button", name="First rows").click()
        expect(rows(steward).first).to_have_text(first)
    steward.get_by_role("button", name="Next rows").click()
    expect(rows(steward).first).to_have_text("K050")
    steward.get_by_role("button", name="Rows before").click()
    expect(rows(steward).first).to_have_text("K000")
    expect(steward.get_by_role("button", name="Rows before")).to_be_disabled()


def test_columns_are_as_wide_as_their_cells_also_where_the_styles_come_late(
    dashboard: Dashboard, steward: Page
) -> None:
    dashboard.place.drop(HEADER + ROWS)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    steward.route("**/tabulator_simple.min.css", hold)
    with steward.expect_request("**/tabulator_simple.min.css"), steward.expect_response("**/tabulator.min.js"):
        steward.goto(f"{dashboard.url}/grid")
    expect(steward.get_by_role("button", name="Save this view")).to_be_visible()
    for route in held:
        route.continue_()
    expect(last_head(steward)).to_be_in_viewport(ratio=1)


def test_columns_share_the_width_that_there_is(dashboard: Dashboard, steward: Page) -> None:
    dashboard.place.drop(HEADER + ROWS)
    steward.goto(f"{dashboard.url}/grid")
    expect(steward.get_by_role("button", name="Close drawer")).to_be_visible()
    last = last_head(steward)
    expect(last).to_be_in_viewport(ratio=1)
    before = last.evaluate("(head) => getComputedStyle(head).width")
    steward.get_by_role("button", name="Close drawer").click()
    expect(last).not_to_have_css("width", before)
    expect(last).to_be_in_viewport(ratio=1)


def test_a_search_finds_rows_by_their_texts_and_is_taken_off_again(dashboard: Dashboard, steward: Page) -> None:
    dashboard.place.drop(HEADER + ROWS + "Z1,2026-01-01,North,Paneer 100%,1,7\n")
    steward.goto(f"{dashboard.url}/grid")
    search = steward.get_by_label("Search the texts of every row")
    search.fill("PANEER 100%")
    search.press("Enter")
    expect(steward.get_by_text("Rows 1 to 1 of 1", exact=True)).to_be_visible()
    expect(steward).to_have_url(re.compile(r"q=PANEER"))
    search.fill("no such thing")
    search.press("Enter")
    expect(steward.get_by_text("No row fits what is chosen")).to_be_visible()
    expect(steward.get_by_role("link", name=re.compile("^Export"))).to_have_count(0)
    steward.get_by_role("link", name="Take off search: no such thing").click()
    expect(steward.get_by_text("Rows 1 to 50 of 121")).to_be_visible()
    expect(search).to_have_value("")


def test_head_and_key_stay_in_sight_on_a_wide_screen_and_on_a_phone(dashboard: Dashboard, chromium: Browser) -> None:
    dashboard.place.drop(HEADER + ROWS)
    for width in (1000, 390):
        context = open_browser(dashboard, chromium, "steward", width=width)
        page = context.new_page()
        page.goto(f"{dashboard.url}/grid")
        head, key = page.get_by_role("columnheader", name="Order id"), cell(page, "K049", "order_id")
        other = page.get_by_role("columnheader", name="Ordered on")
        expect(key).to_have_count(1)
        page.get_by_role("group", name="Pages").scroll_into_view_if_needed()
        before, moved = head.bounding_box(), other.bounding_box()
        page.locator(".tabulator-tableholder").evaluate("(one) => one.scrollTo(80, one.scrollHeight)")
        expect(key).to_be_in_viewport()
        after, now, below = head.bounding_box(), other.bounding_box(), key.bounding_box()
        assert before
        assert moved
        assert after
        assert now
        assert below
        assert (after["x"], after["y"]) == (before["x"], before["y"])
        assert now["x"] < moved["x"]
        assert below["x"] == after["x"]
        assert below["y"] > after["y"] + after["height"]
        context.close()


def test_a_question_that_takes_long_is_cancelled_and_what_was_chosen_before_stays(
    dashboard: Dashboard, steward: Page
) -> None:
    dashboard.place.drop(HEADER + ROWS)
    steward.goto(f"{dashboard.url}/grid?region=South")
    expect(rows(steward).first).to_have_text("K000")
    steward.locator(".grid").evaluate(CANCELS_AT_ONCE)
    with dashboard.place.parts.warehouse.transaction() as connection:
        connection.execute("lock table sales_orders.orders in access exclusive mode")  # every question waits
        steward.get_by_role("columnheader", name="Product").get_by_role("button").click()
        expect(steward.get_by_text("Stopped; what you see is what was chosen before")).to_be_visible()
    expect(steward.get_by_role("columnheader", name="Product")).to_have_attribute("aria-sort", "none")
    expect(steward).to_have_url(f"{dashboard.url}/grid?region=South")
    expect(rows(steward).first).to_have_text("K000")
    steward.get_by_role("columnheader", name="Product").get_by_role("button").click()
    expect(steward.get_by_role("columnheader", name="Product")).to_have_attribute("aria-sort", "ascending")
