"""Serves the dashboard as `python -m dashboard` does, and tells at `/watched` what lives in the process."""

import ctypes
import gc
from collections import Counter
from pathlib import Path

from bokeh.document import Document
from bokeh.model import Model
from panel.viewable import Viewable
from tornado.ioloop import IOLoop
from tornado.web import RequestHandler

from dashboard.app import Session
from dashboard.server import make_server
from dashboard.visit import Visit
from flows.resources import resources

WATCHED: tuple[type, ...] = (Document, Session, Visit, Viewable, Model)


def main() -> None:
    """Serve until it is killed."""
    server = make_server(resources())

    class Watched(RequestHandler):
        """Ends the sessions that nobody looks at, and counts what is left of them."""

        async def get(self) -> None:
            """Count."""
            for context in server._tornado._applications.values():
                await context._cleanup_sessions(-1)
            self.finish({"counts": _counts(), "rss_kb": _rss_kb()})

    class Memory(RequestHandler):
        """The same, without the count of what lives: quick, however much that is."""

        async def get(self) -> None:
            """Tell."""
            contexts = list(server._tornado._applications.values())
            for context in contexts:
                await context._cleanup_sessions(-1)
            _collect()
            self.finish({"sessions": sum(len(one._sessions) for one in contexts), "rss_kb": _rss_kb()})

    server._tornado.add_handlers(r".*", [(r"/watched", Watched), (r"/memory", Memory)])
    server.start()
    IOLoop.current().start()


def _counts() -> dict[str, int]:
    _collect()
    found: Counter[str] = Counter({kind.__name__: 0 for kind in WATCHED})
    for one in gc.get_objects():
        found.update(kind.__name__ for kind in WATCHED if isinstance(one, kind))
    return found


def _collect() -> None:
    for _ in range(3):  # what a finalizer lets go is found by the next one
        gc.collect()


def _rss_kb() -> int:
    """Return the memory of this process after what is free in it was given back."""
    ctypes.CDLL(None).malloc_trim(0)
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(status["VmRSS"].split()[0])


if __name__ == "__main__":
    main()
