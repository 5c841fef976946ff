"""One clock for the open sessions of a process: once a second each does what is due, in its order with all else."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from functools import cache

from bokeh.document import Document
from tornado.ioloop import PeriodicCallback

from dashboard.in_order import act_for

LOG = logging.getLogger(__name__)
TICK_MS = 1_000


@dataclass(frozen=True, slots=True)
class _Session:
    is_due: Callable[[], bool]
    act: Callable[[], None]


class Clock:
    """Ticks for sessions; where nothing is due, a session costs one question.

    Panel's own callbacks, one for each session, cost 5 ms of a core a second each, most of it for a flag that says that
    the process is busy: fifty idle sessions took a quarter of a core.
    """

    def __init__(self) -> None:
        self._sessions: dict[Document, _Session] = {}
        self._acting: dict[Document, Future[None]] = {}
        self._looking: Future[None] | None = None

    def add(self, document: Document, is_due: Callable[[], bool], act: Callable[[], None]) -> None:
        """Let a session act whenever something is due for it, until it ends."""
        self._sessions[document] = _Session(is_due, act)
        document.on_session_destroyed(lambda _: self.forget(document))

    def forget(self, document: Document) -> None:
        """Tick no more for a session."""
        self._sessions.pop(document, None)
        self._acting.pop(document, None)

    def run_on(self, executor: Executor) -> None:
        """Tick on the running event loop, and act on threads."""
        PeriodicCallback(lambda: self._look_once(executor), TICK_MS).start()

    def look(self, executor: Executor) -> None:
        """Let the sessions act for which something is due and that do not act already."""
        for document, session in list(self._sessions.items()):
            before = self._acting.get(document)
            if (before is None or before.done()) and _is_due(session):
                self._acting[document] = executor.submit(act_for, document, session.act)

    def _look_once(self, executor: Executor) -> None:
        if self._looking is None or self._looking.done():
            self._looking = executor.submit(self.look, executor)


def _is_due(session: _Session) -> bool:
    try:
        return session.is_due()
    except Exception:
        LOG.exception("whether something is due for a session is not known")
        return False


@cache
def clock() -> Clock:
    """Return the one of this process."""
    return Clock()
