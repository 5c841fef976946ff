"""The page of the audit trail: filters, what leaves of them, and whether the chain is whole."""

from playwright.sync_api import Page, expect

from flows.adapters import audit
from tests.dashboard.conftest import Dashboard
from tests.dashboard.test_exports import rows_of
from tests.dashboard.test_runs import ONE_BAD
from tests.integration.test_proving import tamper

IN_JANUARY = """
insert into platform.audit_event (occurred_at, event, actor, details) values
    ('2026-01-04 12:00Z', 'sign_in', 'vera', '{}'), ('2026-01-05 12:00Z', 'sign_in', 'vera', '{}'),
    ('2026-01-05 12:00Z', 'export', 'vera', '{"what": "=1+1"}'), ('2026-01-06 12:00Z', 'sign_in', 'paul', '{}')
"""


def test_the_trail_of_a_run_is_shown_searched_and_verified(dashboard: Dashboard, steward: Page) -> None:
    loaded = dashboard.place.drop(ONE_BAD, "orders.csv")
    steward.goto(f"{dashboard.url}/audit?run={loaded.run_id}&event=stage_ended")
    expect(steward.get_by_text("1 row held, 2 rows read, 1 row passed")).to_be_visible()
    expect(steward.get_by_text("Run ended", exact=True)).to_have_count(0)

    steward.goto(f"{dashboard.url}/audit")
    steward.get_by_label("Text").fill("second-nobody")
    steward.get_by_label("Text").press("Enter")
    expect(steward.get_by_text("No such event")).to_be_visible()
    assert steward.url.endswith("/audit?text=second-nobody")

    steward.get_by_role("button", name="Verify now").click()
    expect(steward.get_by_text("Whole", exact=True)).to_be_visible()
    assert dashboard.place.one("select actor from platform.audit_event where event = 'audit_verified'") == "steward"


def test_each_filter_narrows_the_trail_and_what_leaves_of_it(dashboard: Dashboard, steward: Page) -> None:
    loaded = dashboard.place.drop(ONE_BAD, "orders.csv")
    with dashboard.place.parts.warehouse.transaction() as connection:
        connection.execute(IN_JANUARY.encode())
    steward.goto(f"{dashboard.url}/audit")
    shown = steward.locator("table.q-table tbody tr")

    pick(steward, "Person", "vera")
    expect(shown).to_have_count(3)
    pick(steward, "Event", "Sign in")
    expect(shown).to_have_count(2)
    fill_day(steward, "From", "20260105")
    fill_day(steward, "To", "20260105")
    expect(shown).to_have_count(1)
    (told,) = rows_of(steward, "CSV of 1 event")
    assert (told["event"], told["actor"], told["occurred_at"][:10]) == ("sign_in", "vera", "2026-01-05")
    pick(steward, "Event", "All")
    expect(shown).to_have_count(2)
    steward.get_by_label("Text").fill("1+1")
    steward.get_by_label("Text").press("Enter")
    expect(shown).to_have_count(1)
    (told,) = rows_of(steward, "CSV of all events")
    assert (told["event"], told["details"]) == ("export", '{"what": "=1+1"}')

    steward.get_by_role("button", name="Show everything").click()
    steward.get_by_label("Run").fill(str(loaded.run_id)[:8])
    steward.get_by_label("Run").press("Enter")
    of_run = dashboard.place.one("select count(*) from platform.audit_event where run_id = %(run)s", run=loaded.run_id)
    expect(shown).to_have_count(of_run)
    assert len(rows_of(steward, f"CSV of {of_run} events")) == of_run


def pick(page: Page, label: str, value: str) -> None:
    """Choose from a list of the filter bar."""
    page.get_by_role("combobox", name=label).click()
    page.get_by_role("option", name=value, exact=True).click()


def fill_day(page: Page, label: str, day: str) -> None:
    """Type the digits of a day, its year first, into a field of the filter bar."""
    page.get_by_role("group", name=label).get_by_role("spinbutton", name="Year").click()
    page.keyboard.type(day)


def test_a_broken_chain_is_shown_with_its_place_also_to_who_comes_later(dashboard: Dashboard, steward: Page) -> None:
    dashboard.place.drop(ONE_BAD, "orders.csv")
    audit.publish_head(dashboard.place.parts.warehouse, dashboard.place.parts.store)
    tamper(dashboard.place, "update platform.audit_event set actor = 'eve' where event_id = 3")
    steward.goto(f"{dashboard.url}/audit")

    steward.get_by_role("button", name="Verify now").click()
    verdict = steward.locator(".q-why.q-is-bad")
    expect(verdict).to_contain_text("1 problem")
    expect(verdict).to_contain_text("changed or removed")
    expect(steward.get_by_text("Whole", exact=True)).to_have_count(0)

    steward.reload()
    expect(verdict).to_contain_text("asked for by steward")
