"""What every handler needs: who asks, where the question came from, and an answer in one sentence."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar
from urllib.parse import urlsplit

from tornado.web import HTTPError, RequestHandler

from dashboard import auth
from flows.resources import Resources, resources
from flows.services.accounts import SignedIn

P = ParamSpec("P")
T = TypeVar("T")
_THREADS = ThreadPoolExecutor(16, thread_name_prefix="http")
READING = ("GET", "HEAD")


async def in_thread(act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run what blocks where nobody waits for it."""
    return await asyncio.get_running_loop().run_in_executor(_THREADS, lambda: act(*args, **kwargs))


class QuaysideHandler(RequestHandler):
    """Answers anyone; what writes must come from our own pages."""

    @property
    def parts(self) -> Resources:
        """Settings, database, object store and datasets of this process."""
        return resources()

    async def prepare(self) -> None:
        """Refuse a write that another site's page sends."""
        if self.request.method not in READING and not self._is_from_here():
            raise HTTPError(403, reason="this request does not come from a page of this dashboard")

    def say(self, status: int, sentence: str) -> None:
        """Answer with one sentence for a person."""
        self.set_status(status)
        self.finish({"message": sentence})

    def write_error(self, status_code: int, **_: object) -> None:
        """Tell why, without a trace."""
        self.finish({"message": self._reason})

    def _is_from_here(self) -> bool:
        told = self.request.headers.get("Origin", "")
        return urlsplit(told).netloc in auth.origins(self.parts.settings)


class SignedInHandler(QuaysideHandler):
    """Answers people who are signed in; `actor` is who asks."""

    actor: SignedIn

    async def prepare(self) -> None:
        """Find out who asks.

        Raises:
            HTTPError: Nobody is signed in, or the request comes from elsewhere.
        """
        await super().prepare()
        visitor = await in_thread(auth.visitor_of, self, self.parts)
        if visitor is None:
            raise HTTPError(401, reason="you are not signed in, or no longer")
        self.actor = visitor.actor
