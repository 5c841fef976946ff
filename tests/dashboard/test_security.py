"""What a stranger, another site, or a forged message may not do."""

import asyncio

import pytest
from bokeh.core.types import ID
from bokeh.util.token import generate_jwt_token
from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.websocket import websocket_connect

from dashboard.http.signing_in import local
from tests.dashboard.conftest import Dashboard

FORGED = generate_jwt_token(
    ID("a session that nobody signed"), secret_key=b"a secret that is not ours at all", signed=True
)


def _status_of_socket(dashboard: Dashboard, **headers: str) -> int:
    """Return what the websocket's handshake answers; 101 where it opens and says something."""

    async def connect() -> int:
        url = dashboard.url.replace("http://", "ws://") + "/overview/ws"
        try:
            socket = await websocket_connect(HTTPRequest(url, headers=headers), subprotocols=["bokeh", FORGED])
        except HTTPClientError as error:
            return error.code
        message = await asyncio.wait_for(socket.read_message(), 10)
        return 101 if message else 403

    return asyncio.run(connect())


def test_a_foreign_origin_opens_no_socket(dashboard: Dashboard) -> None:
    cookie = dashboard.cookie("steward")
    assert _status_of_socket(dashboard, Origin="http://elsewhere.example", Cookie=cookie) == 403


@pytest.mark.leaves_traces  # Bokeh logs what it refuses
def test_a_forged_session_opens_no_socket(dashboard: Dashboard) -> None:
    cookie = dashboard.cookie("steward")
    assert _status_of_socket(dashboard, Origin=dashboard.url, Cookie=cookie) == 403


@pytest.mark.leaves_traces  # Panel's own handler fails where it has sent a stranger away
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
