"""People at the dashboard: each opens a page, clicks now and then, and notes how long the answer took."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from tests.dashboard.wire import PARTS_OF_A_PAGE, PATIENCE_S, Session

LISTS = {
    "sales": ("Period", "Region", "Category", "Product"),
    "telco": ("Operator", "City", "Price tier"),
    "exceptions": ("State", "Category", "Rule"),
}
"""Lists of a page from which a person chooses."""
PLACES = ("overview", "sales", "grid", "exceptions", "telco", "quality", "runs")
COLUMNS = ("ordered_on", "product", "region", "order_id")
QUIET_S = 1.5
"""What comes later than this after the last patch is no part of an answer."""
MOVES = 0.25
"""Share of the clicks that open another page."""
Click = tuple[str, Callable[[Session], Awaitable[None]]]


@dataclass(slots=True)
class Clicks:
    """What people noted.

    Attributes:
        seconds: From sending a click to the last patch that answers it, by kind.
        unanswered: Clicks after which no patch came.
    """

    seconds: dict[str, list[float]] = field(default_factory=dict)
    unanswered: int = 0

    def note(self, kind: str, seconds: float) -> None:
        """Note one click."""
        self.seconds.setdefault(kind, []).append(seconds)

    @property
    def all(self) -> list[float]:
        """Every click."""
        return [one for some in self.seconds.values() for one in some]


class Person:
    """One session and who sits before it."""

    def __init__(self, session: Session, place: str, seed: int, noted: Clicks) -> None:
        """Sit down.

        Args:
            place: The page that is open.
        """
        self._session, self._place, self._noted = session, place, noted
        self._chance = random.Random(seed)
        self._is_first_page = True

    async def work(self, until: float, think_s: float) -> None:
        """Click until a moment of the monotonic clock.

        Args:
            think_s: Mean time between an answer and the next click.
        """
        session = self._session
        await asyncio.sleep(self._chance.uniform(0, think_s))
        while time.monotonic() < until:
            kind, click = self._next()
            patches, begun = session.patches, time.monotonic()
            wanted = len(session.models) + PARTS_OF_A_PAGE if kind.startswith("open ") else 0
            await click(session)
            while session.patches == patches or len(session.models) < wanted:
                if time.monotonic() > begun + PATIENCE_S:
                    break
                await asyncio.sleep(0.1)
            while time.monotonic() < session.answered_at + QUIET_S:
                await asyncio.sleep(0.1)
            if session.patches > patches and len(session.models) >= wanted:
                self._noted.note(kind, session.answered_at - begun)
            else:
                self._noted.unanswered += 1
            await asyncio.sleep(self._chance.uniform(0.5, 1.5) * think_s - QUIET_S)

    def _next(self) -> Click:
        if self._place not in (*LISTS, "grid") or self._chance.random() < MOVES:
            return self._open()
        return self._in_grid() if self._place == "grid" else self._from_list()

    def _open(self) -> Click:
        place = self._place = self._chance.choice([one for one in PLACES if one != self._place])
        self._is_first_page = True
        return f"open {place}", lambda session: session.go(f"/{place}")

    def _from_list(self) -> Click:
        label = self._chance.choice(LISTS[self._place])
        value = self._chance.choice(self._session.options(label))
        return f"filter {self._place}", lambda session: session.choose(label, value)

    def _in_grid(self) -> Click:
        if self._chance.random() < 0.5:  # every second time
            way = "after" if self._is_first_page else "before"
            self._is_first_page = not self._is_first_page
            return "turn a page of the grid", lambda session: session.tell("Table", what="page", way=way)
        column = self._chance.choice(COLUMNS)
        self._is_first_page = True
        return "sort the grid", lambda session: session.tell("Table", what="sort", column=column)
