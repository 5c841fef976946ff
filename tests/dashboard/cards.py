"""Cards with a chart, as tests find and use them."""

from playwright.sync_api import Locator, Page


def card(page: Page, title: str) -> Locator:
    """Return the card of a title."""
    return page.locator(".q-glass").filter(has=page.get_by_role("heading", name=title)).last


def as_table(page: Page, title: str) -> None:
    """Show the table behind a chart."""
    card(page, title).get_by_role("button", name="Show as a table").click()


def click_first_bar(page: Page, title: str) -> None:
    """Click the bar on top."""
    canvas = card(page, title).locator(".bk-Figure")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 90, box["y"] + 28)
