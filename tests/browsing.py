"""The system's Chromium, driven by Playwright."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

CHROMIUM = os.environ.get("QUAYSIDE_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 30_000
"""Two shared cores can be slow; what is awaited is a state, so that a fast machine does not wait."""
USABLE = "a[href], button, input, select, textarea, [tabindex='0']"
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests; each test gets a context of its own."""
    if CHROMIUM is None:
        pytest.skip("there is no Chromium here: install the system's package chromium, or set QUAYSIDE_CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def expect_page(page: Page, title: str) -> None:
    """Wait until a page is there with all that stands on it.

    Its head comes first, then bars for what is on its way, and for a moment neither these nor what they stand for: what
    must not be on a page, or must not be wrong with it, is found only once something of it can be used.
    """
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    expect(page.get_by_role("status", name="Loading")).to_have_count(0)
    expect(page.locator(".main-content").locator(USABLE).first).to_be_visible()


def sign_in(page: Page, password: str) -> None:
    """Sign in as the first admin, at the address where the browser begins."""
    page.goto("/")
    page.get_by_label("Account").fill("admin")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Overview")


def watched(page: Page, url: str) -> list[str]:
    """Return a list that gets a sentence for each script error, and for each request that leaves the server."""
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(f"script error: {error}"))
    page.on(
        "request",
        lambda request: (
            None
            if request.url.startswith((url, "data:", "blob:", "about:"))
            else problems.append(f"leaves the server: {request.url}")
        ),
    )
    return problems
