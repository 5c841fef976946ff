"""Answers that are made in a thread and sent while they are made: the maker waits for the browser."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait

from tornado.iostream import StreamClosedError

from dashboard.http.base import SignedInHandler
from flows.adapters.ledger import UNREACHABLE
from flows.core.errors import MistakeError, QuaysideError, RefusedError

MAX_AT_ONCE = 6
"""Answers that are made at the same time; each holds a connection to the database."""
PATIENCE_S = 60
"""How long a browser may take for one block."""
_THREADS = ThreadPoolExecutor(MAX_AT_ONCE, thread_name_prefix="stream")
Send = Callable[[bytes], None]


class StreamingHandler(SignedInHandler):
    """Sends what services make block by block, in memory for one block."""

    _running = 0

    async def stream(self, file_name: str, make: Callable[[Send], object], *, kind: str = "text/csv") -> None:
        """Send a file that `make` writes, as a download.

        A refusal before the first block is answered in its sentence. What fails later closes the connection, so
        that the browser shows a failed download and nobody takes a part for the whole.

        Args:
            file_name: Name that the browser saves it under; ASCII, without quotes.
            make: Called in a thread with what sends a block.
        """
        if StreamingHandler._running >= MAX_AT_ONCE:
            self.say(503, f"{MAX_AT_ONCE} exports are being sent already; try again in a minute")
            return
        self.set_header("Content-Type", f"{kind}; charset=utf-8")
        self.set_header("Content-Disposition", f'attachment; filename="{file_name}"')
        self.set_header("Cache-Control", "no-store")
        StreamingHandler._running += 1
        try:
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(_THREADS, lambda: make(self._sender(loop)))
        except StreamClosedError:
            return
        except QuaysideError as error:
            self._break_off(_status_of(error), str(error))
        except (*UNREACHABLE, TimeoutError):
            self._break_off(503, "the database or the browser was away; try again in a minute")
        except BaseException:
            if self._headers_written:  # ending the answer would make a part look whole
                self.detach().close()
            raise
        finally:
            StreamingHandler._running -= 1

    def _sender(self, loop: asyncio.AbstractEventLoop) -> Send:
        def send(block: bytes) -> None:
            sent = asyncio.run_coroutine_threadsafe(self._send(block), loop)
            until = time.monotonic() + PATIENCE_S
            while not wait((sent,), timeout=1).done:
                if time.monotonic() > until or not loop.is_running():
                    raise TimeoutError
            sent.result()

        return send

    async def _send(self, block: bytes) -> None:
        self.write(block)
        await self.flush()

    def _break_off(self, status: int, sentence: str) -> None:
        if self._headers_written:
            self.detach().close()
            return
        self.clear()
        self.say(status, sentence)


def _status_of(error: QuaysideError) -> int:
    if isinstance(error, RefusedError):
        return 403
    return 400 if isinstance(error, MistakeError) else 409
