"""Tiles with a figure, cards with a chart and lists to choose from, as tests find and use them."""

from playwright.sync_api import Locator, Page


def card(page: Page, title: str) -> Locator:
    """Return the card of a title."""
    return page.locator(".q-glass").filter(has=page.get_by_role("heading", name=title)).last


def tile(page: Page, label: str) -> Locator:
    """Return the tile of a label."""
    return page.locator(".q-tile").filter(has=page.get_by_text(label, exact=True))


def choose(page: Page, label: str, option: str) -> None:
    """Choose in a list by mouse."""
    page.get_by_role("combobox", name=label, exact=True).click()
    page.get_by_role("option", name=option, exact=True).click()


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
