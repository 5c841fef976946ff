"""The dashboard over a mart of ten million rows: first paint, the grid, an edit, an export of a million rows."""

import asyncio
import json
import statistics
import time
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import Page, ViewportSize, sync_playwright

from flows.adapters.object_store import ObjectStore
from flows.adapters.warehouse import Warehouse
from flows.datasets import datasets
from flows.resources import Resources
from flows.settings import Settings
from tests.benchmarks.memory import forget_peak, peak_mb
from tests.benchmarks.sessions import Line, Site, tell
from tests.browsing import CHROMIUM, FLAGS
from tests.conftest import Place
from tests.dashboard.conftest import open_browser, sign_in, start_dashboard
from tests.dashboard.wire import PATIENCE_S, Session, Visitors

PAINTED = {
    "overview": ".q-tile .q-value",
    "sales": ".q-tile .q-value",
    "grid": ".tabulator-row",
    "exceptions": ".q-table tbody tr",
    "quality": ".q-tile .q-value",
}
"""What must be seen of a page before it is of use."""
WATCH = """(mark) => {
  const find = (root) => root.querySelector(mark)
    ?? [...root.querySelectorAll("*")].map((one) => one.shadowRoot && find(one.shadowRoot)).find((one) => one)
  const look = () => {
    if (find(document)?.getClientRects().length) { requestAnimationFrame(() => { window.drawnAt = performance.now() }) }
    else { setTimeout(look, 25) }
  }
  look()
}"""
"""Looks for a mark in the page and in the shadow trees in it, and notes when the frame with it was drawn."""
ASKED_EVERY_S = 0.5
REPEATS = 5
WARM_UPS = 2
"""Visits after which a browser keeps the scripts compiled."""
WINDOW: ViewportSize = {"width": 1440, "height": 900}
PATIENCE_FOR_ROWS_S = 1
"""How long the rows may follow the word that the database has answered."""
EXPORTED_DAYS = "2026-08-01..2026-09-06"
Act = tuple[str, dict[str, str]]
ASKED: dict[str, list[Act]] = {
    "sorted by a sortable column, down": [("sort", {"column": "ordered_on"}), ("sort", {"column": "ordered_on"})],
    "the next page": [("page", {"way": "after"}), ("page", {"way": "after"})],
    "the last page": [("page", {"way": "last"}), ("page", {"way": "before"})],
    "filtered by a day, sortable": [
        ("filter", {"column": "ordered_on", "text": "2026-10-01"}),
        ("filter", {"column": "ordered_on", "text": "2026-09-15"}),
    ],
    "filtered by a range of a sortable column": [
        ("filter", {"column": "ordered_on", "text": "2026-01-01..2026-06-30"}),
        ("filter", {"column": "ordered_on", "text": "2026-03-01..2026-03-31"}),
    ],
    "filtered by a key, sortable": [
        ("filter", {"column": "order_id", "text": "S77-04321000"}),
        ("filter", {"column": "order_id", "text": "S77-0432*"}),
    ],
    "filtered by a column that is not sortable": [
        ("filter", {"column": "region", "text": "North"}),
        ("filter", {"column": "product", "text": "Milk 1L"}),
    ],
    "filtered by a column that is not sortable, few rows": [
        ("filter", {"column": "revenue_inr", "text": "14000..99999"}),
        ("filter", {"column": "quantity", "text": "4900..5000"}),
    ],
    "searched": [("search", {"text": "biryani"}), ("search", {"text": "no such product"})],
    "sorted by a column that is not sortable": [("sort", {"column": "revenue_inr"}), ("sort", {"column": "quantity"})],
}
"""What is asked of the grid, each from its first page on: two ways, which are both measured."""


def large_mart(settings: Settings, folder: Path) -> list[Line]:
    """Measure over the rows that were loaded."""
    parts = Resources(
        settings=settings, warehouse=Warehouse(settings), store=ObjectStore(settings), datasets=datasets()
    )
    folder.mkdir(exist_ok=True)
    dashboard, visitors = start_dashboard(Place(parts, folder), folder, "tests.dashboard.watched"), Visitors()
    site = Site(dashboards=(dashboard,), visitors=visitors, cookie=dashboard.cookie("steward"))
    try:
        rows = parts.warehouse.rows("select count(*) as n from sales_orders.orders")[0]["n"]
        lines = [*export(site), *visitors.run(grid(site)), *visitors.run(edits(site)), *first_paint(site)]
    finally:
        visitors.close()
        dashboard.process.kill()
        dashboard.process.wait(20)
        parts.warehouse.close()
    return [(f"{what}, mart with {rows:,} rows", *rest) for what, *rest in lines]


def first_paint(site: Site) -> list[Line]:
    """Measure, in a browser that has been there before, from the address to the first figures that are drawn.

    A browser keeps compiled scripts in a profile on disk after their second use. A private window keeps none.
    """
    if CHROMIUM is None:
        return []
    lines: list[Line] = []
    dashboard = site.dashboards[0]
    with sync_playwright() as playwright, TemporaryDirectory() as profile:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        private = open_browser(dashboard, browser, "steward")
        usual = playwright.chromium.launch_persistent_context(
            profile, executable_path=CHROMIUM, args=FLAGS, viewport=WINDOW, reduced_motion="reduce"
        )
        sign_in(usual, dashboard, "steward")
        for page, mark in PAINTED.items():
            in_turn = [
                [_painted(context.new_page(), f"{dashboard.url}/{page}", mark) for context in (usual, private)]
                for _ in range(WARM_UPS + REPEATS)
            ]
            seconds, private_s = zip(*in_turn[WARM_UPS:], strict=True)
            tell("paint", page, in_turn)
            lines.append(
                (
                    f"/{page} in Chromium: first figures drawn",
                    f"{statistics.median(seconds):.2f} s",
                    f"slowest {max(seconds):.2f} s",
                    f"in a private window {statistics.median(private_s):.2f} s",
                )
            )
        usual.close()
        browser.close()
    return lines


def _painted(page: Page, url: str, mark: str) -> float:
    """Return the seconds from the request until a mark is drawn, as the browser tells them: asking it costs it time."""
    page.add_init_script(f"({WATCH})({json.dumps(mark)})")
    page.goto(url, wait_until="commit")
    while not (told := page.evaluate("window.drawnAt ?? 0")):
        time.sleep(ASKED_EVERY_S)
    page.close()
    return float(told) / 1000


async def grid(site: Site) -> list[Line]:
    """Measure what is asked of the grid, from the message of the browser to the rows that answer it."""
    lines: list[Line] = []
    for what, acts in ASKED.items():
        seconds: list[float] = []
        for _ in range(REPEATS):
            session = await site.open("grid")
            for act, told in acts:
                seconds.append(await _answered(session, _asking(session, act, told)))
                if act in ("filter", "search"):
                    await _answered(session, _asking(session, act, {**told, "text": ""}))
            await session.close()
        tell(what, sorted(seconds))
        worst = f"slowest {max(seconds) * 1000:.0f} ms"
        lines.append((f"grid {what}", f"{statistics.median(seconds) * 1000:.0f} ms", worst, ""))
    return lines


async def edits(site: Site) -> list[Line]:
    """Measure a corrected cell, from the message of the browser until its row comes back as it is stored."""
    session, seconds = await site.open("grid"), []
    for row in [row["id"] for row in _plain(_page(session))["rows"][:20]]:
        edit = {"what": "edit", "row": row, "column": "quantity", "text": "3"}
        seconds.append(await _answered(session, partial(session.tell, "Table", **edit)))
    await session.close()
    tell("edit", sorted(seconds))
    worst = f"slowest {max(seconds) * 1000:.0f} ms"
    return [("an edit in the grid acknowledged", f"{statistics.median(seconds) * 1000:.0f} ms", worst, "")]


def export(site: Site) -> list[Line]:
    """Measure an export of about a million rows and the memory of the dashboard meanwhile."""
    process = site.dashboards[0].process.pid
    path = f"/export/sales_orders.csv?{urlencode({'ordered_on': EXPORTED_DAYS})}"
    forget_peak(process)
    before_mb, begun, lines = peak_mb(process), time.perf_counter(), -1
    answer = site.dashboards[0].http("GET", path, headers={"Cookie": site.cookie}, preload_content=False)
    assert answer.status == 200, answer.read()
    for block in answer.stream(1 << 20):
        lines += block.count(b"\n")
    seconds, growth_mb = time.perf_counter() - begun, peak_mb(process) - before_mb
    tell("export", lines, seconds, before_mb, growth_mb)
    return [(f"export of {lines:,} rows as CSV", f"{seconds:.1f} s", "", f"{before_mb:.0f} +{growth_mb:.0f} MB")]


def _asking(session: Session, act: str, told: dict[str, str]) -> Callable[[], Awaitable[None]]:
    if act == "search":
        return lambda: session.choose("Search the texts of every row", told["text"])
    return lambda: session.tell("Table", what=act, **told)


async def _answered(session: Session, ask: Callable[[], Awaitable[None]]) -> float:
    """Return the seconds until the table has another page, or says that it was stopped: it asks no longer."""
    before, begun, stopped_at = _page(session), time.monotonic(), float("inf")
    await ask()
    was_busy = False
    while _page(session) is before:
        now, is_busy = time.monotonic(), next(_tables(session)).get("is_busy", False)
        if was_busy and not is_busy:
            stopped_at = now
        if now > stopped_at + PATIENCE_FOR_ROWS_S:
            return stopped_at - begun
        was_busy = is_busy
        assert now < begun + PATIENCE_S, "the grid does not answer"
        await asyncio.sleep(0.002)
    return session.answered_at - begun


def _page(session: Session) -> Any:  # Any: as the server told it
    return next(_tables(session))["page"]


def _tables(session: Session) -> Iterator[dict[str, Any]]:
    """Yield what the tables of the session tell, the newest first."""
    for model in reversed(list(session.models.values())):
        if {"columns", "page"} <= model["attributes"].keys():
            yield model["attributes"]


def _plain(told: Any) -> Any:  # Any: as Bokeh writes it
    """Return what Bokeh writes as a list of entries, as a dictionary."""
    if isinstance(told, dict) and told.get("type") == "map":
        return {name: _plain(value) for name, value in told.get("entries", ())}
    return [_plain(one) for one in told] if isinstance(told, list) else told
