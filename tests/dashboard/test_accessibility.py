"""Every page, in both modes and on a phone: nothing serious for axe-core, and no script error."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from dashboard.pages import pages
from tests.browsing import expect_page
from tests.dashboard.conftest import Dashboard, open_browser

SERIOUS = ("serious", "critical")


@pytest.mark.parametrize(("mode", "width"), [("light", 1440), ("dark", 1440), ("light", 390)])
def test_no_page_is_hard_to_use(
    dashboard: Dashboard, chromium: Browser, shared_data: Path, mode: str, width: int
) -> None:
    dashboard.place.drop((shared_data / "sales_orders" / "sales_data.csv").read_bytes(), "sales_data.csv")
    for telco in sorted((shared_data / "telco_packages").glob("*.csv"))[:2]:
        dashboard.place.drop(telco.read_bytes(), telco.name, "telco_packages")
    context = open_browser(dashboard, chromium, "admin", width=width, mode=mode)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    found = {}
    for name, declared in pages().items():
        page.goto(f"{dashboard.url}/{name}")
        expect_page(page, declared.title)
        report = Axe().run(page).response
        found[name] = [
            f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in report["violations"] if one["impact"] in SERIOUS
        ]
    context.close()
    assert errors == []
    assert {name: problems for name, problems in found.items() if problems} == {}
