"""What a closed session leaves behind: nothing."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Place
from tests.dashboard.conftest import Dashboard, start_dashboard
from tests.dashboard.wire import Session, Visitors

PAGES = ("overview", "upload", "runs", "grid")
SESSIONS = 2
PATIENCE_S = 20
ORDERS = """order_id,order_date,region,product,quantity,revenue
1,2026-01-01,North,Milk 1L,1,100
2,2026-01-02,South,Milk 1L,2,250
3,2026-01-03,,Biscuits 200g,1,70
"""


@pytest.fixture(scope="module")
def visitors() -> Iterator[Visitors]:
    """Where the sessions of these tests live."""
    made = Visitors()
    yield made
    made.close()


@pytest.fixture
def watched(place: Place, tmp_path: Path) -> Iterator[Dashboard]:
    """A dashboard that tells what lives in it."""
    served = start_dashboard(place, tmp_path, "tests.dashboard.watched")
    yield served
    served.process.kill()
    served.process.wait(20)


def test_closed_sessions_leave_nothing_behind(watched: Dashboard, visitors: Visitors) -> None:
    watched.place.drop(ORDERS)
    cookie = watched.cookie("steward")
    left = {}
    for page in PAGES:
        visitors.run(_visit(watched.url, f"/{page}", cookie))
        before = _counts(watched)
        for _ in range(SESSIONS):
            visitors.run(_visit(watched.url, f"/{page}", cookie))
        left[page] = {kind: number - before[kind] for kind, number in _counts(watched).items()}
    assert left == dict.fromkeys(PAGES, dict.fromkeys(before, 0))


async def _visit(url: str, path: str, cookie: str) -> None:
    session = await Session.open(url, path, cookie)
    await session.settled()
    await session.close()


def _counts(watched: Dashboard) -> dict[str, int]:
    """Return what lives once every session has ended; what is under way in a thread ends first."""
    until = time.monotonic() + PATIENCE_S
    while True:
        counts: dict[str, int] = watched.http("GET", "/watched").json()["counts"]
        if not counts["Session"] or time.monotonic() > until:
            return counts
