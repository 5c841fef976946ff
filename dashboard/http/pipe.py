"""Carries the bytes of a request from the event loop to the thread that stores them, and holds only a few of them."""

import asyncio
import threading
import time
from collections import deque

from flows.services.uploads import BrokenOffError

MAX_BYTES = 4 << 20
"""Bytes that wait for the thread; above it the sender is made to wait."""
PATIENCE_S = 45
"""How long a sender may say nothing."""
_LOOK_EVERY_S = 1


class Pipe:
    """One request body on its way; the loop writes, one thread reads."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._changed = threading.Condition()
        self._chunks: deque[bytes] = deque()
        self._held = 0
        self._is_ended = False
        self._is_closed = False
        self._broken = ""
        self._has_room = asyncio.Event()

    async def write(self, chunk: bytes) -> None:
        """Pass bytes on; returns when there is room for more. They are dropped where nobody reads any longer."""
        with self._changed:
            if self._is_closed:
                return
            self._chunks.append(chunk)
            self._held += len(chunk)
            is_full = self._held >= MAX_BYTES
            if is_full:
                self._has_room.clear()
            self._changed.notify()
        if is_full:
            await self._has_room.wait()

    def end(self) -> None:
        """Tell that every byte was written."""
        with self._changed:
            self._is_ended = True
            self._changed.notify()

    def cut(self, why: str) -> None:
        """Tell that no more bytes will come though some are missing."""
        with self._changed:
            self._broken = why
            self._changed.notify()

    def close(self) -> None:
        """Tell that nobody reads any longer; called by the thread that did."""
        with self._changed:
            self._is_closed = True
            self._chunks.clear()
            self._held = 0
        self._wake_writer()

    def read(self, wanted: int, /) -> bytes:
        """Return some of the next bytes, none at the end.

        Raises:
            BrokenOffError: The sender went away, fell silent, or the server stops.
        """
        with self._changed:
            self._wait()
            if self._broken:
                raise BrokenOffError(self._broken)
            if not self._chunks:
                return b""
            chunk = self._chunks.popleft()
            if len(chunk) > wanted:
                self._chunks.appendleft(chunk[wanted:])
                chunk = chunk[:wanted]
            self._held -= len(chunk)
            is_roomy = self._held < MAX_BYTES // 2
        if is_roomy:
            self._wake_writer()
        return chunk

    def _wait(self) -> None:
        until = time.monotonic() + PATIENCE_S
        while not (self._chunks or self._is_ended or self._broken):
            self._changed.wait(_LOOK_EVERY_S)
            if not self._loop.is_running():
                self._broken = "the dashboard was stopped before the last byte came; choose the file again"
            elif time.monotonic() > until:
                self._broken = f"nothing came for {PATIENCE_S} s; choose the file again"

    def _wake_writer(self) -> None:
        if self._loop.is_running() and not self._has_room.is_set():
            self._loop.call_soon_threadsafe(self._has_room.set)
