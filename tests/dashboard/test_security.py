"""What a stranger, another site, or a forged message may not do."""

import pytest
from bokeh.core.types import ID
from bokeh.util.token import generate_jwt_token

from dashboard.http.signing_in import local
from infra.processes import Child, wait_until
from tests.dashboard.conftest import Dashboard

FORGED = generate_jwt_token(
    ID("a session that nobody signed"), secret_key=b"a secret that is not ours at all", signed=True
)


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
