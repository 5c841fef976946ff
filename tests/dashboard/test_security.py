"""What a stranger, another site, or a forged message may not do."""

import json
import re
import time
from collections.abc import Callable, Iterator

import pytest
from bokeh.core.types import ID
from bokeh.util.token import generate_jwt_token
from playwright.sync_api import Browser, Page, expect

from dashboard.http.signing_in import local
from dashboard.pages import pages
from flows.services import accounts
from flows.services.accounts import Role, SignedIn
from infra.processes import Child, wait_until
from tests.browsing import expect_page
from tests.dashboard.conftest import PASSWORD, Dashboard, open_browser
from tests.dashboard.wire import PATIENCE_S, Session, Visitors

FORGED = generate_jwt_token(
    ID("a session that nobody signed"), secret_key=b"a secret that is not ours at all", signed=True
)
HEADER = "order_id,order_date,region,product,quantity,revenue"
ORDERS = f"{HEADER}\nA1,2026-01-31,North,Milk 1L,1,5\nA2,2026-01-31,,Milk 1L,1,5\n"
MOSTLY_BAD = f"{HEADER}\nB1,never,North,Milk 1L,1,5\nB2,never,North,Milk 1L,1,5\nB3,2026-01-31,North,Milk 1L,1,5\n"
WRITES = re.compile("Make the account|Save|See what moves|Write it|Change")
WHY = "Why (kept in the audit trail)"


@pytest.fixture(scope="module")
def visitors() -> Iterator[Visitors]:
    """Where sessions without a browser live."""
    made = Visitors()
    yield made
    made.close()


def _handshake(dashboard: Dashboard, origin: str) -> int:
    """Return what the handshake of a websocket answers; 101 opens it."""
    headers = {
        "Origin": origin,
        "Cookie": dashboard.cookie("steward"),
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Protocol": f"bokeh, {FORGED}",
    }
    return dashboard.http("GET", "/overview/ws", headers=headers, preload_content=False).status


def test_a_foreign_origin_opens_no_socket(dashboard: Dashboard) -> None:
    assert _handshake(dashboard, "http://elsewhere.example") == 403


def test_a_forged_session_opens_no_socket(dashboard: Dashboard) -> None:
    assert _handshake(dashboard, dashboard.url) != 200
    # The server answers the handshake before it reads the token, so its log may come a moment later.
    child = Child(name="dashboard", process=dashboard.process, log=dashboard.log, again=lambda: dashboard.process)
    wait_until(lambda: "invalid signature" in dashboard.log.read_text(), child, timeout_s=30)
    assert "quayside_dashboard_sessions 0" in dashboard.http("GET", "/metrics").data.decode()


@pytest.mark.parametrize("path", ["/overview/autoload.js?bokeh-autoload-element=1", "/overview/metadata"])
def test_no_side_door_runs_a_page_for_a_stranger(dashboard: Dashboard, path: str) -> None:
    answer = dashboard.http("GET", path)
    assert answer.status in (302, 401, 403, 404)


@pytest.mark.parametrize("path", ["//elsewhere.example", "http://elsewhere.example", "/\\elsewhere.example", "x", ""])
def test_signing_in_leads_to_no_other_server(path: str) -> None:
    assert local(path) == "/overview"


def test_the_server_says_whether_it_can_serve_and_counts(dashboard: Dashboard) -> None:
    assert dashboard.http("GET", "/readyz").json() == {"status": "ready", "database": "ok", "object_store": "ok"}
    assert "quayside_dashboard_sessions 0" in dashboard.http("GET", "/metrics").data.decode()


def test_a_script_in_the_head_of_a_file_is_harmless_on_every_page(dashboard: Dashboard, steward: Page) -> None:
    script = "<img src=x onerror=window.hit=1>"
    dashboard.place.drop(f"{HEADER},{script}\nA1,2026-01-31,North,Milk 1L,1,5,{script}\n", "more.csv")
    dashboard.place.drop(ORDERS.replace("region", script), f"{script}.csv")
    for name, declared in pages().items():
        if declared.needed is not Role.ADMIN:
            steward.goto(f"{dashboard.url}/{name}")
            expect_page(steward, declared.title)
            assert steward.evaluate("window.hit") is None, name
    for run in dashboard.place.rows("select run_id from platform.run"):
        steward.goto(f"{dashboard.url}/runs?run={run['run_id']}")
        expect(steward.get_by_text(script).first).to_be_visible()
        assert steward.evaluate("window.hit") is None


def _refused(dashboard: Dashboard, actor: str) -> int:
    acts = dashboard.place.rows("select actor from platform.audit_event where event = 'refused'")
    return [row["actor"] for row in acts].count(actor)


def _is_now(dashboard: Dashboard, admin: SignedIn, role: Role) -> None:
    accounts.change_role(dashboard.place.parts.warehouse, admin, "steward", role)


def test_whose_role_is_withdrawn_writes_nothing_with_a_page_that_is_still_open(
    dashboard: Dashboard, steward: Page
) -> None:
    place = dashboard.place
    place.drop(ORDERS)
    waiting = place.drop(MOSTLY_BAD, "bad.csv")
    admin = place.sign_in("admin", "second-admin")

    steward.goto(f"{dashboard.url}/runs?run={waiting.run_id}")
    steward.get_by_role("button", name="Let it go on…").click()
    steward.get_by_label(WHY).fill("on my own")
    _is_now(dashboard, admin, Role.VIEWER)
    steward.get_by_role("button", name="Go on", exact=True).click()
    expect(steward.get_by_role("alert")).to_contain_text("steward is viewer and may not")
    assert _refused(dashboard, "steward") == 1

    _is_now(dashboard, admin, Role.STEWARD)
    steward.goto(f"{dashboard.url}/exceptions?rule=region_present")
    steward.get_by_role("button", name=re.compile("^Discard")).click()
    steward.get_by_label(WHY).fill("on my own")
    _is_now(dashboard, admin, Role.VIEWER)
    steward.get_by_role("dialog").get_by_role("button", name=re.compile("^Discard")).click()
    expect(steward.get_by_role("alert")).to_contain_text("steward is viewer and may not")
    assert _refused(dashboard, "steward") == 2

    assert place.rows("select state, count(*) from platform.exception group by 1") == [{"state": "OPEN", "count": 1}]
    assert place.one("select state from platform.file where base_name = 'bad.csv'") == "AWAITING_REVIEW"


def test_a_viewer_finds_no_way_to_write(dashboard: Dashboard, chromium: Browser) -> None:
    dashboard.place.drop(ORDERS)
    context = open_browser(dashboard, chromium, "viewer")
    page = context.new_page()
    for name, shown in {"people": "overview", "products": "products", "telco": "telco"}.items():
        page.goto(f"{dashboard.url}/{name}")
        expect_page(page, pages()[shown].title)
        expect(page.get_by_role("button", name=WRITES)).to_have_count(0)
    context.close()
    files = [{"name": "a.csv", "dataset": "sales_orders", "size": 5}]
    headers = {"Cookie": dashboard.cookie("viewer"), "Origin": dashboard.url, "Content-Type": "application/json"}
    answer = dashboard.http("POST", "/upload/begin", body=json.dumps({"files": files}), headers=headers)
    assert answer.status == 403
    assert _refused(dashboard, "viewer") == 1
    assert dashboard.place.one("select count(*) from platform.file") == 1


async def _forge(url: str, cookie: str, is_over: Callable[[], bool]) -> None:
    """Send an edit from the grid of a page, as its script would; return when something came of it."""
    session = await Session.open(url, "/grid", cookie)
    await session.settled()
    (grid,) = [one for one in session.models.values() if "class Grid" in str(one["attributes"].get("esm", ""))]
    message = {"what": "edit", "row": "A1", "column": "quantity", "text": "9", "seen": "1"}
    data = {"type": "map", "entries": list(map(list, message.items()))}
    values = {"type": "map", "entries": [["model", {"id": grid["id"]}], ["data", data]]}
    await session._event({"type": "event", "name": "data_event", "values": values})
    until = time.monotonic() + PATIENCE_S
    while not is_over():
        assert time.monotonic() < until, "nothing came of it"
        await session.settled()
    await session.close()


def test_a_viewer_who_forges_an_edit_by_websocket_is_refused(dashboard: Dashboard, visitors: Visitors) -> None:
    dashboard.place.drop(ORDERS)

    def quantity() -> int:
        return int(dashboard.place.one("select quantity from sales_orders.orders where order_id = 'A1'"))

    visitors.run(_forge(dashboard.url, dashboard.cookie("viewer"), lambda: _refused(dashboard, "viewer") == 1))
    assert quantity() == 1
    visitors.run(_forge(dashboard.url, dashboard.cookie("editor"), lambda: quantity() == 9))


def test_whose_session_an_admin_ends_is_led_to_the_sign_in_by_their_next_act(
    dashboard: Dashboard, steward: Page
) -> None:
    place = dashboard.place
    place.drop(ORDERS)
    address = f"{dashboard.url}/exceptions?rule=region_present"
    steward.goto(address)
    steward.get_by_role("button", name=re.compile("^Discard")).click()
    steward.get_by_label(WHY).fill("on my own")
    assert accounts.end_sessions(place.parts.warehouse, place.sign_in("admin", "second-admin"), "steward") > 0
    steward.get_by_role("dialog").get_by_role("button", name=re.compile("^Discard")).click()

    expect(steward).to_have_url(f"{dashboard.url}/sign-in?ended=yes&next=%2Fexceptions%3Frule%3Dregion_present")
    assert place.one("select state from platform.exception") == "OPEN"
    steward.get_by_label("Account", exact=True).fill("steward")
    steward.get_by_label("Password", exact=True).fill(PASSWORD.format("steward"))
    steward.get_by_role("button", name="Sign in").click()
    expect(steward).to_have_url(address)
