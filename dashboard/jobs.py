"""Work that takes longer than a person likes to wait for a click, done in threads of this process."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from flows.core.errors import QuaysideError

WORKERS = 2
KEPT = 50
"""Results that are remembered, the oldest are forgotten first."""


@dataclass(slots=True)
class Job:
    """One piece of work.

    Attributes:
        by: Who began it.
    """

    by: str
    future: Future[Any]
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    ended_at: datetime | None = None

    @property
    def is_running(self) -> bool:
        return not self.future.done()

    @property
    def problem(self) -> str:
        """Why it could not be done, in one sentence; empty where it was, or is under way."""
        error = self.future.exception() if self.future.done() else None
        if error is None:
            return ""
        if isinstance(error, QuaysideError):
            return str(error)
        told = str(error).strip().splitlines()
        return f"It could not be finished: {type(error).__name__}: {told[0] if told else 'no message'}"

    @property
    def result(self) -> Any:  # Any: what the work returned
        """What it returned; None while it is under way or where there is a problem."""
        return self.future.result() if self.future.done() and not self.future.exception() else None


class Jobs:
    """The work of this process by what it is about; a second person who asks sees what the first one began."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._threads = ThreadPoolExecutor(WORKERS, thread_name_prefix="job")
        self._known: OrderedDict[str, Job] = OrderedDict()

    def begin(self, about: str, act: Callable[[], object], by: str) -> Job:
        """Begin work, unless the same is under way."""
        with self._lock:
            known = self._known.get(about)
            if known is not None and known.is_running:
                return known
            job = Job(by=by, future=self._threads.submit(act))
            job.future.add_done_callback(lambda _: _ended(job))
            self._known[about] = job
            self._known.move_to_end(about)
            self._forget()
            return job

    def about(self, what: str) -> Job | None:
        """Return the last work about something; None where there was none, or it is forgotten."""
        with self._lock:
            return self._known.get(what)

    def _forget(self) -> None:
        for what in [what for what, job in self._known.items() if not job.is_running][: -KEPT or None]:
            del self._known[what]


def _ended(job: Job) -> None:
    job.ended_at = datetime.now(UTC)


JOBS = Jobs()
"""Those of this process; no session is bound to it."""
