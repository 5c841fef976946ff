"""The dashboard's way to an identity provider and back."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import urllib3
from playwright.sync_api import Browser, expect
from pydantic import SecretStr

from tests.conftest import Place
from tests.dashboard.conftest import FORM, Dashboard, start_dashboard
from tests.openid import CLIENT_ID, CLIENT_SECRET, Person, Provider


@pytest.fixture
def provider() -> Iterator[Provider]:
    """A provider on this machine."""
    started = Provider()
    yield started
    started.stop()


@pytest.fixture
def dashboard(place: Place, provider: Provider, tmp_path: Path) -> Iterator[Dashboard]:
    """A dashboard that knows the provider."""
    settings = place.parts.settings.model_copy(
        update={
            "oidc_issuer": provider.url,
            "oidc_client_id": CLIENT_ID,
            "oidc_client_secret": SecretStr(CLIENT_SECRET),
            "oidc_title": "Harbour ID",
            "oidc_group_roles": "analysts=viewer;bosses=admin",
        }
    )
    served = start_dashboard(Place(replace(place.parts, settings=settings), place.folder), tmp_path)
    yield served
    served.process.terminate()
    served.process.wait(20)


def _cookies(answer: urllib3.BaseHTTPResponse) -> dict[str, str]:
    found = re.findall(r"(quayside[a-z-]*)=([^;]*)", answer.headers.get("Set-Cookie", ""))
    return dict(found)


def _begin(dashboard: Dashboard) -> tuple[str, str]:
    """Go to the provider and return the path that it leads back to, and the cookie of the browser."""
    away = dashboard.http("GET", "/sign-in/provider?next=/audit")
    assert away.status == 302
    back = urllib3.request("GET", away.headers["Location"], redirect=False).headers["Location"]
    assert back.startswith(dashboard.url)
    return back.removeprefix(dashboard.url), f"quayside-provider={_cookies(away)['quayside-provider']}"


def test_a_person_signs_in_with_the_provider_and_out(dashboard: Dashboard, chromium: Browser) -> None:
    page = chromium.new_page()
    page.goto(f"{dashboard.url}/audit?actor=ines")
    page.get_by_role("link", name="Sign in with Harbour ID").click()
    expect(page).to_have_url(f"{dashboard.url}/audit?actor=ines")
    expect(page.get_by_role("heading", level=1)).to_have_text("Audit trail")
    expect(page.get_by_text("viewer", exact=True)).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(f"{dashboard.url}/sign-in")
    page.close()
    assert dashboard.place.one("select count(*) from platform.session") == 0


def test_the_way_back_is_good_once_and_in_one_browser(dashboard: Dashboard) -> None:
    path, cookie = _begin(dashboard)
    stranger = dashboard.http("GET", path)
    assert stranger.status == 400
    assert "not begun in this browser" in stranger.data.decode()
    wrong_state = dashboard.http("GET", re.sub("state=[^&]+", "state=another", path), headers={"Cookie": cookie})
    assert wrong_state.status == 400

    signed_in = dashboard.http("GET", path, headers={"Cookie": cookie})
    assert (signed_in.status, signed_in.headers["Location"]) == (303, "/audit")
    assert _cookies(signed_in)["quayside-provider"] == '""'

    replayed = dashboard.http("GET", path, headers={"Cookie": cookie})
    assert replayed.status == 502
    assert "quayside" not in _cookies(replayed)


def test_who_has_no_role_is_told_on_the_form(dashboard: Dashboard, provider: Provider) -> None:
    provider.person = Person(groups=("others",))
    path, cookie = _begin(dashboard)

    refused = dashboard.http("GET", path, headers={"Cookie": cookie})

    assert refused.status == 403
    assert "None of your groups at Harbour ID has a role here" in refused.data.decode()


def test_a_refusal_of_the_provider_is_told_and_is_harmless(dashboard: Dashboard) -> None:
    path, cookie = _begin(dashboard)
    state = re.search("state=[^&]+", path)
    assert state
    refused = dashboard.http(
        "GET", f"/sign-in/provider/back?error=%3Cscript%3E&{state.group()}", headers={"Cookie": cookie}
    )

    assert refused.status == 401
    assert "<script>" not in refused.data.decode().replace('<script src="/assets/mode.js"></script>', "")


def test_a_password_opens_no_account_of_the_provider(dashboard: Dashboard) -> None:
    path, cookie = _begin(dashboard)
    dashboard.http("GET", path, headers={"Cookie": cookie})

    answer = dashboard.http(
        "POST", "/sign-in", body="account=ines&password=", headers={"Origin": dashboard.url, "Content-Type": FORM}
    )

    assert answer.status == 401
