"""The page of the audit trail: a deep link filters it, a text is found, the chain is checked."""

from playwright.sync_api import Page, expect

from tests.dashboard.conftest import Dashboard
from tests.dashboard.test_runs import ONE_BAD


def test_the_trail_of_a_run_is_shown_searched_and_verified(dashboard: Dashboard, steward: Page) -> None:
    loaded = dashboard.place.drop(ONE_BAD, "orders.csv")
    steward.goto(f"{dashboard.url}/audit?run={loaded.run_id}&event=stage_ended")
    expect(steward.get_by_text("2 rows read")).to_be_visible()
    expect(steward.get_by_text("Run ended", exact=True)).to_have_count(0)

    steward.goto(f"{dashboard.url}/audit")
    steward.get_by_label("Text").fill("second-nobody")
    steward.get_by_label("Text").press("Enter")
    expect(steward.get_by_text("No such event")).to_be_visible()
    assert steward.url.endswith("/audit?text=second-nobody")

    steward.get_by_role("button", name="Verify now").click()
    expect(steward.get_by_text("Whole", exact=True)).to_be_visible()
    assert dashboard.place.one("select actor from platform.audit_event where event = 'audit_verified'") == "steward"
