"""What sessions of the dashboard cost: memory while they are idle and after they closed, and 50 people who click.

The people are no browsers: they speak Bokeh's protocol over real websockets, and share the cores with the server.
"""

import asyncio
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import psutil
import urllib3

from dashboard import formats
from flows.adapters.object_store import ObjectStore
from flows.adapters.warehouse import Warehouse
from flows.datasets import datasets
from flows.resources import Resources
from flows.services.samples import write_samples
from flows.settings import Settings
from tests.benchmarks.people import PLACES, Clicks, Person
from tests.conftest import Place
from tests.dashboard.conftest import Dashboard, start_dashboard
from tests.dashboard.wire import Session, Visitors

PAGES = (*PLACES, "upload", "figures", "audit", "governance")
IDLE = 15
FILLING = 2
"""Sessions of each page that take the memory which the process had got and freed before."""
CLOSED = 200
PEOPLE = 50
SECONDS = 120
THINK_S = 10
WARM_UP = 2
"""Rounds over every page before anything is measured: what a process learns once is no part of a session."""
Line = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Dashboards over one installation, and the people who look at them.

    Attributes:
        dashboards: One, or several among which people are shared as a proxy would.
    """

    dashboards: tuple[Dashboard, ...]
    visitors: Visitors
    cookie: str

    def memory(self) -> dict[str, int]:
        """Return the sessions and the memory of the first process, after those that nobody looks at ended."""
        told: dict[str, int] = urllib3.request("GET", f"{self.dashboards[0].url}/memory", timeout=300).json()
        return told

    def settled_kb(self) -> int:
        """Return the memory of the process once every session that was closed has ended."""
        until = time.monotonic() + 60
        while self.memory()["sessions"] and time.monotonic() < until:
            time.sleep(0.5)
        return self.memory()["rss_kb"]

    def cpu_s(self) -> float:
        """Return the processor time that all dashboards have used."""
        times = [psutil.Process(one.process.pid).cpu_times() for one in self.dashboards]
        return float(sum(one.user + one.system for one in times))

    async def open(self, page: str, person: int = 0) -> Session:
        """Open a page and wait until it is there."""
        dashboard = self.dashboards[person % len(self.dashboards)]
        session = await Session.open(dashboard.url, f"/{page}", self.cookie)
        await session.settled()
        return session

    async def visit(self, pages: Sequence[str], person: int = 0) -> None:
        """Open and close one page after the other."""
        for page in pages:
            await (await self.open(page, person)).close()


def sessions(settings: Settings, folder: Path) -> list[Line]:
    """Measure everything over sample files of both datasets."""
    parts = Resources(
        settings=settings, warehouse=Warehouse(settings), store=ObjectStore(settings), datasets=datasets()
    )
    folder.mkdir(exist_ok=True)
    place = Place(parts, folder)
    for name, dataset in parts.datasets.items():
        for path in write_samples(dataset, folder / name, rows=None, seed=1, today=date(2026, 11, 1)):
            place.put(path.read_bytes(), path.name, name)
    place.load_all()
    lines: list[Line] = []
    try:
        measures = ((opening, 1), (clicking, 1), (clicking, 2), (closed, 1), (idle, 1))
        for measure, dashboards in measures:  # each in processes that nobody used before
            with _site(place, folder, dashboards) as site:
                lines += measure(site)
    finally:
        parts.warehouse.close()
    return lines


@contextmanager
def _site(place: Place, folder: Path, dashboards: int) -> Iterator[Site]:
    started, visitors = [], Visitors()
    try:
        for number in range(dashboards):
            of_one = folder / str(number)
            of_one.mkdir(exist_ok=True)
            started.append(start_dashboard(place, of_one, "tests.dashboard.watched"))
        site = Site(dashboards=tuple(started), visitors=visitors, cookie=started[0].cookie("steward"))
        for person in range(dashboards):
            visitors.run(site.visit(PAGES * WARM_UP, person))
        site.settled_kb()
        yield site
    finally:
        visitors.close()
        for one in started:
            one.process.kill()
            one.process.wait(20)


def opening(site: Site) -> list[Line]:
    """Measure how long each page takes from the request until everything of it was sent, one person alone."""
    lines: list[Line] = []
    for page in PAGES:
        found = [site.visitors.run(_opened(site, page)) for _ in range(5)]
        seconds, cpu_s, kilobytes = (statistics.median(some) for some in zip(*found, strict=True))
        tell(f"open {page}", seconds, cpu_s, kilobytes)
        lines.append((f"/{page} anew, everything sent", f"{seconds:.2f} s", f"{cpu_s:.2f} s of a core", ""))
    return lines


def idle(site: Site) -> list[Line]:
    """Measure the memory of sessions that are open and do nothing; none closes, since others would fill its place."""
    opened = site.visitors.run(_together(site, [page for page in PAGES for _ in range(FILLING)]))
    lines: list[Line] = []
    for page in PAGES:
        before = site.memory()["rss_kb"]
        opened += site.visitors.run(_together(site, [page] * IDLE))
        megabytes = (site.memory()["rss_kb"] - before) / IDLE / 1024
        tell("idle", page, megabytes)
        lines.append((f"an idle session on /{page}", "", "", f"{megabytes:.1f} MB"))
    site.visitors.run(_close(opened))
    return lines


def closed(site: Site) -> list[Line]:
    """Measure what 200 sessions leave behind, over every page, once as many have come and gone."""
    pages = [PAGES[number % len(PAGES)] for number in range(CLOSED)]
    site.visitors.run(site.visit(pages))
    before = site.settled_kb()
    site.visitors.run(site.visit(pages))
    left = (site.settled_kb() - before) / CLOSED
    tell("closed", left)
    return [(f"left of a closed session, over {CLOSED} on every page", "", "", f"{left:.0f} KB")]


def clicking(site: Site) -> list[Line]:
    """Measure 50 people who each click about every ten seconds."""
    noted, begun = Clicks(), time.monotonic()
    used_s = site.visitors.run(_click(site, noted))
    clicks = sorted(noted.all)
    tell("clicking", len(clicks), "unanswered", noted.unanswered, "seconds", time.monotonic() - begun)
    for kind, seconds in sorted(noted.seconds.items()):
        tell(" ", kind, len(seconds), statistics.median(seconds), max(seconds))
    assert noted.unanswered <= len(clicks) / 50, noted
    median, late = statistics.median(clicks), clicks[int(len(clicks) * 0.95)]
    who = f"{PEOPLE} people, a click each {THINK_S} s, {formats.many(len(site.dashboards), 'dashboard')}"
    each = f"{used_s / len(clicks):.2f} s of a core each"
    return [
        (f"{who}, median of {len(clicks)}", f"{median:.2f} s", each, ""),
        (f"{who}, 95th percentile", f"{late:.2f} s", "", ""),
    ]


async def _opened(site: Site, page: str) -> tuple[float, float, float]:
    begun, before_s = time.monotonic(), site.cpu_s()
    session = await site.open(page)
    told = (session.answered_at - begun, site.cpu_s() - before_s, session.received_bytes / 1024)
    await session.close()
    return told


async def _click(site: Site, noted: Clicks) -> float:
    """Return the processor time that the servers used while people clicked."""
    places = [PLACES[number % len(PLACES)] for number in range(PEOPLE)]
    opened = [await site.open(place, person) for person, place in enumerate(places)]
    people = [
        Person(session, place, seed, noted) for seed, (session, place) in enumerate(zip(opened, places, strict=True))
    ]
    before_s, until = site.cpu_s(), time.monotonic() + SECONDS
    await asyncio.gather(*(person.work(until, THINK_S) for person in people))
    used_s = site.cpu_s() - before_s
    await _close(opened)
    return used_s


async def _together(site: Site, pages: list[str]) -> list[Session]:
    return [await site.open(page) for page in pages]


async def _close(opened: list[Session]) -> None:
    for session in opened:
        await session.close()


def tell(*what: object) -> None:
    """Tell, while it is measured, what was found."""
    print(*(f"{one:.3f}" if isinstance(one, float) else one for one in what), file=sys.stderr, flush=True)
