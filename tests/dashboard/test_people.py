"""Admins make and change accounts in the browser; everyone changes their own password."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from flows.core.errors import RefusedError
from flows.services import accounts
from flows.services.accounts import Role
from tests.dashboard.conftest import PASSWORD, Dashboard, open_browser


@pytest.fixture
def admin(dashboard: Dashboard, chromium: Browser) -> Iterator[Page]:
    """The page of an admin."""
    context = open_browser(dashboard, chromium, "admin")
    yield context.new_page()
    context.close()


def _fill(page: Page, label: str, text: str) -> None:
    page.get_by_label(label, exact=True).fill(text)


def test_an_admin_makes_an_account_and_its_person_chooses_a_password(
    dashboard: Dashboard, admin: Page, chromium: Browser
) -> None:
    admin.goto(f"{dashboard.url}/people")
    expect(admin.get_by_role("heading", level=1)).to_have_text("People")
    _fill(admin, "Name of the account", "Vera")
    admin.get_by_role("button", name="Make the account").click()
    told = admin.get_by_label("One-time password", exact=True)
    expect(told).to_be_visible()
    password = told.inner_text()
    admin.get_by_role("button", name="I have noted it").click()
    expect(told).to_have_count(0)
    expect(admin.get_by_role("row", name=re.compile("vera.*viewer.*Chooses a password"))).to_be_visible()

    vera = chromium.new_page()
    vera.goto(f"{dashboard.url}/runs")
    _fill(vera, "Account", "vera")
    _fill(vera, "Password", password)
    vera.get_by_role("button", name="Sign in").click()
    _fill(vera, "New password", "a password of vera")
    _fill(vera, "New password again", "a password of verb")
    vera.get_by_role("button", name="Choose it and sign in").click()
    expect(vera.get_by_role("alert")).to_contain_text("differ")
    _fill(vera, "New password", "a password of vera")
    _fill(vera, "New password again", "a password of vera")
    vera.get_by_role("button", name="Choose it and sign in").click()
    expect(vera).to_have_url(f"{dashboard.url}/runs")
    expect(vera.get_by_role("heading", level=1)).to_have_text("Runs")
    expect(vera.get_by_role("link", name="People")).to_have_count(0)
    expect(admin.get_by_role("row", name=re.compile("vera.*viewer.*Open.*1$"))).to_be_visible()

    admin.get_by_role("button", name="Close the account…").click()
    admin.get_by_role("button", name="Close it").click()
    expect(admin.get_by_role("row", name=re.compile("vera.*Closed"))).to_be_visible()
    expect(vera).to_have_url(f"{dashboard.url}/sign-in?ended=yes&next=%2Fruns")
    vera.close()
    place = dashboard.place
    assert place.one("select is_active from platform.account where account = 'vera'") is False
    told_of = place.rows(
        "select actor from platform.audit_event where details ->> 'account' = 'vera' order by event_id"
    )
    assert [row["actor"] for row in told_of] == ["second-admin", "vera", "second-admin"]


def test_an_admin_changes_a_role_and_makes_a_new_password(dashboard: Dashboard, admin: Page) -> None:
    place = dashboard.place
    place.sign_in("viewer", "otto")
    admin.goto(f"{dashboard.url}/people?account=otto")
    admin.get_by_label("Its role").click()
    admin.get_by_role("option", name="editor").click()
    admin.get_by_role("button", name="Give this role").click()
    expect(admin.get_by_role("row", name=re.compile("otto.*editor"))).to_be_visible()

    admin.get_by_role("button", name="New one-time password…").click()
    admin.get_by_role("button", name="Make it", exact=True).click()
    expect(admin.get_by_label("One-time password", exact=True)).to_be_visible()
    with pytest.raises(RefusedError):
        accounts.sign_in(place.parts.warehouse, "otto", PASSWORD.format("otto"))
    assert place.one("select count(*) from platform.session where account = 'otto'") == 0


def test_the_page_of_people_opens_for_admins_alone(dashboard: Dashboard, steward: Page) -> None:
    steward.goto(f"{dashboard.url}/people")
    expect(steward.get_by_role("heading", level=1)).to_have_text("Overview")


def _phone(dashboard: Dashboard, chromium: Browser) -> BrowserContext:
    return open_browser(dashboard, chromium, "viewer", width=390, height=844)


def test_a_person_changes_their_own_password_on_a_phone(dashboard: Dashboard, chromium: Browser) -> None:
    context = _phone(dashboard, chromium)
    page = context.new_page()
    page.goto(f"{dashboard.url}/overview")
    page.get_by_role("link", name="Your account").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your account")
    for present, told in (("a wrong guess", "not your present password"), ("a password of viewer", "is changed")):
        _fill(page, "Present password", present)
        _fill(page, "New password", "another password")
        _fill(page, "New password again", "another password")
        page.get_by_role("button", name="Change the password").click()
        expect(page.get_by_text(told)).to_be_visible()
    context.close()
    actor = accounts.sign_in(dashboard.place.parts.warehouse, "viewer", "another password")
    assert accounts.role_of(dashboard.place.parts.warehouse, actor) is Role.VIEWER
