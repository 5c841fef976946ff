"""Every page and what opens on it, in both modes, from a phone to a wide screen: nothing serious for axe-core."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from dashboard.pages import pages
from tests.browsing import expect_page
from tests.conftest import Place
from tests.dashboard.conftest import Dashboard, open_browser
from tests.dashboard.test_exceptions import GOOD, HEADER

SERIOUS = ("serious", "critical")
PUSHED_SIDEWAYS = """
() => {
  const told = []
  const look = (root) => {
    for (const one of root.querySelectorAll("*")) {
      if (one.shadowRoot) look(one.shadowRoot)
      const scrolls = /auto|scroll/.test(getComputedStyle(one).overflowX) || one === document.scrollingElement
      const isPushed = one.clientWidth && one.scrollWidth > one.clientWidth + 1
      if (scrolls && isPushed) told.push(String(one.className || one.tagName))
    }
  }
  look(document)
  return told
}
"""


@pytest.mark.parametrize(
    ("mode", "width"), [("light", 1440), ("dark", 1440), ("light", 390), ("dark", 390), ("light", 2560)]
)
def test_no_page_is_hard_to_use(
    dashboard: Dashboard, chromium: Browser, shared_data: Path, mode: str, width: int
) -> None:
    _drop_real_files(dashboard.place, shared_data)
    context = open_browser(dashboard, chromium, "admin", width=width, mode=mode)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    found = {}
    for name, declared in pages().items():
        page.goto(f"{dashboard.url}/{name}")
        expect_page(page, declared.title)
        found[name] = _problems(page)
    context.close()
    assert errors == []
    assert {name: problems for name, problems in found.items() if problems} == {}


@pytest.mark.parametrize(("mode", "width"), [("light", 1440), ("dark", 390)])
def test_nothing_that_opens_on_a_page_is_hard_to_use(
    dashboard: Dashboard, chromium: Browser, shared_data: Path, mode: str, width: int
) -> None:
    _drop_real_files(dashboard.place, shared_data)
    run = dashboard.place.one("select run_id::text from platform.run where dataset = 'sales_orders'")
    held = dashboard.place.one("select min(exception_id) from platform.exception where state = 'OPEN'")
    context = open_browser(dashboard, chromium, "admin", width=width, mode=mode)
    page = context.new_page()
    found = {}

    page.goto(f"{dashboard.url}/exceptions?exception={held}")
    expect(page.get_by_role("table", name="What should hold, and what was found")).to_be_visible()
    found["an open exception"] = _problems(page)
    page.get_by_role("button", name="Discard", exact=True).click()
    expect(page.get_by_role("dialog").get_by_label("Why (kept in the audit trail)")).to_be_visible()
    expect(page.locator(".MuiDialog-container")).to_have_css(
        "opacity", "1"
    )  # while it fades in, texts have no contrast
    found["a question"] = _problems(page)
    page.goto(f"{dashboard.url}/runs?run={run}")
    expect(page.get_by_role("heading", name="Controls")).to_be_visible()
    found["one run"] = _problems(page)
    page.goto(f"{dashboard.url}/grid?row=ORD000001")
    expect(page.get_by_role("heading", name="Where it comes from")).to_be_visible()
    found["a row of the grid"] = _problems(page)

    context.close()
    assert {name: problems for name, problems in found.items() if problems} == {}


def test_on_a_phone_the_row_that_is_open_stands_above_the_list(dashboard: Dashboard, chromium: Browser) -> None:
    dashboard.place.drop(HEADER + GOOD + "H1,2026-01-31,,Milk 1L,1,5\n")
    held = dashboard.place.one("select exception_id from platform.exception")
    context = open_browser(dashboard, chromium, "steward", width=390)
    page = context.new_page()
    page.goto(f"{dashboard.url}/exceptions?exception={held}")
    opened, listed = (page.get_by_role("heading", name=name) for name in (f"Row {held}", "Held rows"))
    above, below = opened.bounding_box(), listed.bounding_box()
    context.close()
    assert above is not None
    assert below is not None
    assert above["y"] < below["y"]


def _drop_real_files(place: Place, shared_data: Path) -> None:
    place.drop((shared_data / "sales_orders" / "sales_data.csv").read_bytes(), "sales_data.csv")
    for telco in sorted((shared_data / "telco_packages").glob("*.csv"))[:2]:
        place.drop(telco.read_bytes(), telco.name, "telco_packages")


def _problems(page: Page) -> list[str]:
    return [*_serious(page), *_wider_than_the_screen(page)]


def _serious(page: Page) -> list[str]:
    violations = Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in violations if one["impact"] in SERIOUS]


def _wider_than_the_screen(page: Page) -> list[str]:
    """Return what a person would have to push sideways, but for tables and the grid, which say so by their edge."""
    pushed: list[str] = page.evaluate(PUSHED_SIDEWAYS)
    return [f"wider than its place: {one}" for one in pushed if not one.startswith(("q-scroll", "tabulator"))]
