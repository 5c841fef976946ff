"""Threads that act on what a browser tells in the order in which it was told."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from bokeh.document import Document
from panel.io.state import set_curdoc, state

LOG = logging.getLogger(__name__)
T = TypeVar("T")
_Task = tuple[Future[Any], Callable[[], Any]]


class InOrder(ThreadPoolExecutor):
    """Does for one session one thing after the other, for different sessions at the same time.

    Panel gives each message to a thread of its own, so that on a busy machine a click on "Write" overtakes the text
    that was typed before it, and the end of an uploaded file its content. A component with a true `MAY_OVERTAKE` waits
    for nothing: one that can cancel what it asked for.
    """

    def __init__(self, threads: int) -> None:
        super().__init__(threads, thread_name_prefix="session")
        self._lock = threading.Lock()
        self._waiting: dict[Document, deque[_Task]] = {}

    def submit(self, act: Callable[..., T], /, *args: Any, **named: Any) -> Future[T]:  # Any: what `act` takes
        """Do something on a thread; what is for a session gets its document as an argument."""
        document = next((one for one in args if isinstance(one, Document)), None)
        if document is None or getattr(getattr(act, "__self__", None), "MAY_OVERTAKE", False):
            return super().submit(act, *args, **named)
        task: Future[T] = Future()
        with self._lock:
            is_first = document not in self._waiting
            self._waiting.setdefault(document, deque()).append((task, lambda: act(*args, **named)))
        if is_first:
            super().submit(self._work_off, document)
        return task

    def _work_off(self, document: Document) -> None:
        """Do what waits for a session, until nothing does."""
        while (task := self._next(document)) is not None:
            future, act = task
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(act())
                except BaseException as error:  # noqa: BLE001  # the future tells it, as that of any executor
                    future.set_exception(error)

    def _next(self, document: Document) -> _Task | None:
        with self._lock:
            waiting = self._waiting[document]
            if waiting:
                return waiting.popleft()
            del self._waiting[document]
            return None


def act_for(document: Document, act: Callable[[], None]) -> None:
    """Act for a session as if its browser had asked for it; what fails is told to the log."""
    try:
        with set_curdoc(document):
            act()
    except Exception:
        LOG.exception("what was done for a session failed")


def act_soon(document: Document, act: Callable[[], None]) -> None:
    """Act for a session on a thread of the server, before what its browser asks for from now on."""
    threads: Any = state._thread_pool  # Any: Panel declares None; the server sets its threads
    threads.submit(act_for, document, act)
