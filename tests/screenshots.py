"""The pictures of the README: every page with the rows of the demo, taken by `python -m tests.screenshots`."""

import re
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from dashboard.pages import pages
from tests.browsing import CHROMIUM, FLAGS, PATIENCE_MS, expect_page
from tests.running import RunningStack

FOLDER = Path(__file__).parents[1] / "dashboard" / "screenshots"
WIDE, PHONE = (1440, 900), (390, 844)
QUALITY = 82
"""Of JPEG: letters stay sharp, and all pictures together stay under two megabytes."""
STILL_MS, STILL_TRIES = 1_000, 20
"""A page is drawn when two pictures of it are the same; one that always moves is taken after so many."""


def take(folder: Path) -> list[Path]:
    """Start a demo in a folder of its own, take a picture of every page, and stop it."""
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="quayside-screenshots-") as home, sync_playwright() as playwright:
        running = RunningStack(Path(home) / "home", "demo")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            told = re.search(r"Dashboard\s+(http://\S+)", running.start())
            assert told, "the demo tells no address"
            return _pictures(browser, told[1], running.password, folder)
        finally:
            browser.close()
            if running.process is not None and running.process.poll() is None:
                running.stop()


def _pictures(browser: Browser, url: str, password: str, folder: Path) -> list[Path]:
    wide = _signed_in(browser, url, password, WIDE, "light")
    taken = [_picture(wide, url, name, folder / f"{name}.jpg") for name in pages()]
    wide.context.close()
    dark = _signed_in(browser, url, password, WIDE, "dark")
    taken += [_picture(dark, url, name, folder / f"{name}-dark.jpg") for name in ("overview", "sales")]
    dark.context.close()
    phone = _signed_in(browser, url, password, PHONE, "light")
    taken.append(_picture(phone, url, "overview", folder / "overview-phone.jpg"))
    phone.context.close()
    return taken


def _signed_in(browser: Browser, url: str, password: str, size: tuple[int, int], mode: str) -> Page:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE_MS)
    context.add_cookies([{"name": "quayside-mode", "value": mode, "url": url}])
    page = context.new_page()
    page.goto(f"{url}/sign-in")
    page.get_by_label("Account").fill("admin")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Overview")
    return page


def _picture(page: Page, url: str, name: str, path: Path) -> Path:
    page.goto(f"{url}/{name}")
    expect_page(page, pages()[name].title)
    seen, before = page.screenshot(type="jpeg", quality=QUALITY), b""
    for _ in range(STILL_TRIES):
        if seen == before:
            break
        page.wait_for_timeout(STILL_MS)
        seen, before = page.screenshot(type="jpeg", quality=QUALITY), seen
    path.write_bytes(seen)
    return path


if __name__ == "__main__":
    for made in take(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER):
        print(made.name, f"{made.stat().st_size // 1024} KiB")
