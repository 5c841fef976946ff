"""A real dashboard process on an installation of its own, and a browser that is signed in."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import urllib3
from playwright.sync_api import Browser, BrowserContext, Page
from pydantic import SecretStr

from flows.settings import HOME_VARIABLE
from infra.processes import Child, free_port, wait_until
from tests.browsing import PATIENCE_MS, watched
from tests.conftest import Place

PASSWORD = "a password of {}"
OUR_FRAME = re.compile(r'File "[^"]*/(?:dashboard|flows)/')
"""A traceback through our own code; libraries log what they refuse, and browsers that leave."""
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    """A dashboard that serves one installation."""

    url: str
    place: Place
    process: subprocess.Popen[bytes]
    log: Path

    def http(self, method: str, path: str, **options: Any) -> urllib3.BaseHTTPResponse:
        """Send a request without a browser; redirects are not followed."""
        return urllib3.request(method, self.url + path, redirect=False, retries=False, timeout=30, **options)

    def cookie(self, role: str) -> str:
        """Sign in as a person of that role and return the cookie."""
        self.place.sign_in(role)
        if role == "admin":
            role = "second-admin"
            self.place.sign_in("admin", role)
        answer = self.http(
            "POST",
            "/sign-in",
            body=urlencode({"account": role, "password": PASSWORD.format(role)}),
            headers={"Origin": self.url, "Content-Type": FORM},
        )
        assert answer.status == 303, answer.data
        found = re.match(r"quayside=[^;]+", answer.headers["Set-Cookie"])
        assert found
        return found.group()


def start_dashboard(place: Place, folder: Path, module: str = "dashboard", port: int = 0) -> Dashboard:
    """Start a dashboard for an installation and wait until it answers; on a port of its own where none is named."""
    port = port or free_port()
    settings = place.parts.settings.model_copy(
        update={"dashboard_port": port, "dashboard_secret": SecretStr("a secret for tests, long enough for all")}
    )
    environment = {
        f"QUAYSIDE_{name.upper()}": str(value.get_secret_value() if isinstance(value, SecretStr) else value)
        for name, value in settings
    }
    log = folder / "dashboard.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", module],
            env={**os.environ, **environment, HOME_VARIABLE: str(folder / "none")},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    dashboard = Dashboard(url=f"http://127.0.0.1:{port}", place=place, process=process, log=log)
    child = Child(name="dashboard", process=process, log=log, again=lambda: process)

    def serves() -> bool:
        try:
            return bool(dashboard.http("GET", "/healthz").json()["status"] == "alive")
        except urllib3.exceptions.HTTPError:
            return False

    wait_until(serves, child, timeout_s=60)
    return dashboard


@pytest.fixture
def dashboard(place: Place, tmp_path: Path) -> Iterator[Dashboard]:
    """A dashboard over an empty installation."""
    served = start_dashboard(place, tmp_path)
    try:
        yield served
    finally:
        served.process.terminate()
        served.process.wait(20)
        told = served.log.read_text()
        print(told)  # pytest shows it where the test failed
        assert not OUR_FRAME.search(told), told


def open_browser(
    dashboard: Dashboard, chromium: Browser, role: str, *, width: int = 1440, height: int = 900, mode: str = "light"
) -> BrowserContext:
    """Return a browser in which a person of that role is signed in."""
    context = chromium.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
    sign_in(context, dashboard, role, mode)
    context.set_default_timeout(PATIENCE_MS)
    return context


def sign_in(context: BrowserContext, dashboard: Dashboard, role: str, mode: str = "light") -> None:
    """Give a browser what it keeps of a person of that role."""
    name, _, value = dashboard.cookie(role).partition("=")
    context.add_cookies(
        [
            {"name": name, "value": value, "url": dashboard.url},
            {"name": "quayside-mode", "value": mode, "url": dashboard.url},
        ]
    )


@pytest.fixture
def steward(dashboard: Dashboard, chromium: Browser) -> Iterator[Page]:
    """A page of a steward's browser; a script error, or a request that leaves the server, fails the test."""
    context = open_browser(dashboard, chromium, "steward")
    page = context.new_page()
    problems = watched(page, dashboard.url)
    yield page
    context.close()
    assert problems == []
