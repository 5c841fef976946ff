"""Receivers of alerts: a real HTTP server and a real mail server, on loopback or beside, that remember what came."""

import json
import socketserver
import ssl
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Generic, TypeVar

T = TypeVar("T")
LOOPBACK = "127.0.0.1"


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
def webhook(host: str = LOOPBACK, tls: ssl.SSLContext | None = None) -> Iterator[Received[dict[str, Any]]]:
    """Yield what an HTTP server got as JSON; its port is `port`."""
    received: Received[dict[str, Any]] = Received()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.add(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            return

    with ThreadingHTTPServer((host, 0), Handler) as server:
        speak_tls(server, tls)
        with _serving(server):
            received.port = server.server_address[1]
            yield received


def speak_tls(server: socketserver.TCPServer, tls: ssl.SSLContext | None) -> None:
    """Let a server speak TLS, if it has a certificate; a client that is slow to greet holds up nobody else."""
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)


@contextmanager
def mailbox(
    host: str = LOOPBACK, tls: ssl.SSLContext | None = None, account: str = "", password: str = ""
) -> Iterator[Received[Message]]:
    """Yield what a mail server got; its port is `port`.

    Args:
        tls: With it, the server takes nothing before STARTTLS.
        account: With it, the server takes mails of this account alone, with `password`.
    """
    received: Received[Message] = Received()
    wanted = b64encode(f"\0{account}\0{password}".encode()).decode()

    class Handler(socketserver.StreamRequestHandler):
        is_open = not account

        def handle(self) -> None:
            self._say("220 here")
            while line := self.rfile.readline():
                if self._answer(line.decode().split()):
                    return

        def _answer(self, words: list[str]) -> bool:
            """Answer a line of the client; return whether it was its last."""
            is_plain = tls is not None and not isinstance(self.request, ssl.SSLSocket)
            match [words[0].upper(), *words[1:]]:
                case ["QUIT"]:
                    self._say("221 bye")
                    return True
                case ["EHLO", *_]:
                    self._say("250-here", "250 STARTTLS" if is_plain else "250 AUTH PLAIN")
                case ["STARTTLS"] if tls and is_plain:
                    self._encrypt(tls)
                case ["AUTH", "PLAIN", told] if not is_plain:
                    self.is_open = told == wanted
                    self._say("235 welcome" if self.is_open else "535 who?")
                case _ if is_plain or not self.is_open:
                    self._say("530 not before STARTTLS and AUTH")
                case ["DATA"]:
                    self._say("354 go on")
                    received.add(message_from_bytes(b"".join(iter(self.rfile.readline, b".\r\n"))))
                    self._say("250 ok")
                case _:
                    self._say("250 ok")
            return False

        def _encrypt(self, tls: ssl.SSLContext) -> None:
            self._say("220 go on")
            self.request = tls.wrap_socket(self.request, server_side=True)
            self.setup()

        def finish(self) -> None:
            super().finish()
            self.request.close()

        def _say(self, *lines: str) -> None:
            self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())

    with socketserver.ThreadingTCPServer((host, 0), Handler) as server, _serving(server):
        received.port = server.server_address[1]
        yield received


def text_of(mail: Message) -> str:
    """Return every part of a mail as text."""
    parts = (part.get_payload(decode=True) for part in mail.walk() if not part.is_multipart())
    return "\n".join(part.decode() for part in parts if isinstance(part, bytes))


@contextmanager
def _serving(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
