"""The shell: signing in, the menu, the first page."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.dashboard.conftest import FORM, Dashboard


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
