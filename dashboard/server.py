"""The web server of the dashboard: pages, handlers, signed sessions, and nothing from elsewhere."""

import logging
import signal
from collections.abc import Callable
from pathlib import Path

import panel as pn
from bokeh.server.server import Server
from bokeh.settings import settings as bokeh_settings
from panel.io.server import get_server
from panel.viewable import Viewable
from tornado.httputil import HTTPHeaders
from tornado.ioloop import IOLoop
from tornado.web import OutputTransform

from dashboard import auth
from dashboard.app import open_page
from dashboard.changes import Changes
from dashboard.clock import clock
from dashboard.closed_windows import keep_quiet
from dashboard.http import routes
from dashboard.http.nothing_here import NotFound
from dashboard.in_order import InOrder
from dashboard.pages import pages
from dashboard.scheduling import send_what_waits
from dashboard.sharing import name_no_other_server, share_parameters
from flows.resources import Resources
from flows.services import single_sign_on

LOG = logging.getLogger(__name__)
ASSETS = Path(__file__).parent / "assets"
THREADS = 8
"""Callbacks that may run at the same time: a slow query of one person stops nobody else."""
MAX_MESSAGE_BYTES = 20 << 20
UNUSED_SESSION_MS = 60_000

_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self' ws: wss: blob:; worker-src 'self' blob:; frame-ancestors 'none'; base-uri 'self'; "
    "form-action 'self'; object-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
}


class _Headers(OutputTransform):
    """Tells browsers on every answer to load nothing from elsewhere."""

    def transform_first_chunk(
        self, status_code: int, headers: HTTPHeaders, chunk: bytes, finishing: bool
    ) -> tuple[int, HTTPHeaders, bytes]:
        """Add the headers."""
        for name, value in _HEADERS.items():
            headers[name] = value
        headers.pop("Server", None)
        return status_code, headers, chunk


def make_server(parts: Resources) -> Server:
    """Return a server that listens already; `serve` runs it.

    Raises:
        MistakeError: The secret is missing or too short, or the identity provider is not configured as a whole.
    """
    settings, secret = parts.settings, auth.secret_of(parts.settings)
    single_sign_on.check(settings)
    bokeh_settings.resources = "server"
    bokeh_settings.simple_ids = True  # as by default; said here, the environment is not asked for every model
    keep_quiet()
    share_parameters()
    name_no_other_server()
    send_what_waits()
    pn.extension(inline=False, notifications=False, nthreads=THREADS, exception_handler=_log)
    pn.state._thread_pool = executor = InOrder(THREADS)  # type: ignore[assignment]  # of Panel, which declares None
    Changes.of(parts.warehouse)
    server = get_server(
        {f"/{name}": _opener(name) for name in pages()},
        port=settings.dashboard_port,
        address=settings.dashboard_host,
        websocket_origin=list(auth.origins(settings)),
        title={f"/{name}": f"{page.title} · Quayside" for name, page in pages().items()},
        location=False,
        static_dirs={"/assets": str(ASSETS)},
        cookie_secret=secret.decode(),
        extra_patterns=list(routes()),
        auth_provider=auth.AccountAuth(parts),
        sign_sessions=True,
        secret_key=secret,
        exclude_cookies=[auth.COOKIE],
        exclude_headers=["Cookie", "Authorization"],
        unused_session_lifetime_milliseconds=UNUSED_SESSION_MS,
        websocket_max_message_size=MAX_MESSAGE_BYTES,
        use_index=False,
        xheaders=True,
    )
    clock().run_on(executor)
    server._tornado.add_transform(_Headers)
    server._tornado.settings["default_handler_class"] = NotFound
    return server


def _log(error: BaseException) -> None:
    """Tell the log what failed in a callback; Panel drops what fails on a thread."""
    LOG.error("a callback failed", exc_info=error)


def _opener(name: str) -> Callable[[], Viewable]:
    """Return what Panel calls for each session of a page; it knows plain functions only."""

    def open_it() -> Viewable:
        return open_page(name)

    return open_it


def serve(parts: Resources) -> None:
    """Serve until SIGTERM or SIGINT."""
    server = make_server(parts)
    loop = IOLoop.current()
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda *_: loop.add_callback_from_signal(loop.stop))
    server.start()
    LOG.info("the dashboard listens on %s:%d", parts.settings.dashboard_host, parts.settings.dashboard_port)
    loop.start()
    server.stop()
