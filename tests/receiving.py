"""Receivers of alerts: a real HTTP server and a real mail server, on loopback, that remember what came."""

import json
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Received(Generic[T]):
    """What came, in order; whoever waits for one that fits is told of its arrival."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._items: list[T] = []
        self.port = 0

    def add(self, item: T) -> None:
        with self._changed:
            self._items.append(item)
            self._changed.notify_all()

    def all(self, fits: Callable[[T], bool]) -> list[T]:
        with self._changed:
            return [one for one in self._items if fits(one)]

    def wait(self, fits: Callable[[T], bool], timeout_s: float = 60) -> T:
        """Return the first one that fits."""
        with self._changed:
            is_there = self._changed.wait_for(lambda: any(fits(one) for one in self._items), timeout_s)
            assert is_there, f"after {timeout_s} s: {self._items}"
            return next(one for one in self._items if fits(one))


@contextmanager
def webhook() -> Iterator[Received[dict[str, Any]]]:
    """Yield what an HTTP server got as JSON; its port is `port`."""
    received: Received[dict[str, Any]] = Received()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.add(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server, _serving(server):
        received.port = server.server_address[1]
        yield received


@contextmanager
def mailbox() -> Iterator[Received[Message]]:
    """Yield what a mail server got; its port is `port`."""
    received: Received[Message] = Received()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self._say("220 here")
            for line in self.rfile:
                command = line[:4].upper()
                if command == b"DATA":
                    self._say("354 go on")
                    received.add(message_from_bytes(b"".join(iter(self.rfile.readline, b".\r\n"))))
                self._say("221 bye" if command == b"QUIT" else "250 ok")
                if command == b"QUIT":
                    return

        def _say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server, _serving(server):
        received.port = server.server_address[1]
        yield received


@contextmanager
def _serving(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
