"""Files from a browser: announced as one batch, then each streamed into the bucket while it comes."""

import asyncio
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from tornado.web import HTTPError, stream_request_body

from dashboard.http.base import SignedInHandler, in_thread
from dashboard.http.pipe import Pipe
from flows.adapters.ledger import UNREACHABLE
from flows.core.errors import MistakeError, QuaysideError, RefusedError
from flows.services import uploads
from flows.services.uploads import Announced, Upload

P = ParamSpec("P")
T = TypeVar("T")
MAX_AT_ONCE = 8
"""Files that are stored at the same time; the others wait, and their senders with them."""
_THREADS = ThreadPoolExecutor(MAX_AT_ONCE, thread_name_prefix="upload")
MAX_DROPPED_BYTES = 1 << 20
"""Bodies up to this size are read and dropped before a refusal is answered."""
_AWAY = "the database is away; nothing was stored. Try again in a minute"


def status_of(error: QuaysideError) -> int:
    """Return the status under which a refusal is answered."""
    if isinstance(error, RefusedError):
        return 403
    return 503 if isinstance(error, uploads.StoreRefusedError) else 400


class _Uploading(SignedInHandler):
    """Answers what a service refuses in its own sentence."""

    async def attempt(self, act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
        """Do something through a service; None where it was refused, which is answered already."""
        try:
            return await in_thread(act, *args, **kwargs)
        except QuaysideError as error:
            self.refuse(error)
        except UNREACHABLE:
            self.say(503, _AWAY)
        return None

    def refuse(self, error: QuaysideError) -> None:
        """Answer a refusal."""
        self.say(status_of(error), str(error))


class Begin(_Uploading):
    """Takes the announcement of one batch."""

    async def post(self) -> None:
        """Check every file before a byte is sent, and answer with the batch and one id per file."""
        try:
            files = _announced(self.request.body)
        except MistakeError as error:
            self.refuse(error)
            return
        parts = self.parts
        begun = await self.attempt(uploads.begin, parts.settings, parts.warehouse, parts.datasets, self.actor, files)
        if begun is not None:
            self.finish(
                {
                    "batch": begun[0].batch,
                    "files": [{"upload_id": str(one.upload_id), "name": one.base_name} for one in begun],
                }
            )


class GiveUp(_Uploading):
    """Takes announced files back whose bytes have not begun."""

    async def post(self) -> None:
        """End them; a page that is being closed sends this too."""
        try:
            told = _object(self.request.body)
            ids = [UUID(str(one)) for one in told.get("uploads", [])]
        except (MistakeError, ValueError, TypeError):
            self.say(400, "name the uploads by their ids")
            return
        ended = await self.attempt(
            uploads.give_up, self.parts.warehouse, self.actor, ids, is_gone=bool(told.get("is_gone"))
        )
        if ended is not None:
            self.finish({"ended": ended})


@stream_request_body
class Receive(_Uploading):
    """Takes the bytes of one announced file; memory does not grow with it."""

    _pipe: Pipe | None = None
    _stored: "asyncio.Future[None] | None" = None
    _refused: tuple[int, str] | None = None

    async def prepare(self) -> None:
        """Refuse before a byte is taken, or begin to store."""
        try:
            await super().prepare()
        except HTTPError as error:
            self._refuse(error.status_code, error.reason or "")
            return
        if self.request.method == "PUT":
            await self._begin(self.request.headers.get("Content-Length", ""))

    async def _begin(self, told: str) -> None:
        if not (told.isascii() and told.isdigit()):
            self._refuse(411, "send the file with its Content-Length")
            return
        try:
            upload = await in_thread(uploads.take, self.parts.warehouse, self.actor, UUID(self.path_args[0]), int(told))
        except QuaysideError as error:
            self._refuse(status_of(error), str(error))
            return
        except UNREACHABLE:
            self._refuse(503, _AWAY)
            return
        connection: Any = self.request.connection  # Any: Tornado's type lacks what its servers have
        connection.set_max_body_size(int(told))
        pipe = self._pipe = Pipe()
        self._stored = asyncio.get_running_loop().run_in_executor(_THREADS, self._store, upload, pipe)
        self._stored.add_done_callback(lambda done: done.cancelled() or done.exception())

    def _refuse(self, status: int, sentence: str) -> None:
        """Answer a refusal: after a small body, so that its sender reads it; before a large one is taken."""
        told = self.request.headers.get("Content-Length", "")
        if self.request.method == "PUT" and told.isascii() and told.isdigit() and int(told) <= MAX_DROPPED_BYTES:
            self._refused = (status, sentence)
        else:
            self.say(status, sentence)

    def _store(self, upload: Upload, pipe: Pipe) -> None:
        try:
            uploads.receive(self.parts.warehouse, self.parts.store, upload, pipe)
        finally:
            pipe.close()

    async def data_received(self, chunk: bytes) -> None:
        """Pass bytes on; the sender waits while the store is slower."""
        if self._pipe is not None:
            await self._pipe.write(chunk)

    async def put(self, _: str) -> None:
        """Answer when the file lies in the bucket."""
        if self._pipe is None or self._stored is None:
            self.say(*(self._refused or (400, "send the file with its Content-Length")))
            return
        self._pipe.end()
        try:
            await self._stored
        except QuaysideError as error:
            self.refuse(error)
        except UNREACHABLE:
            self.say(503, _AWAY)
        else:
            self.finish({"landed": True})

    def on_connection_close(self) -> None:
        """Let nothing of the file land when its sender goes away."""
        if self._pipe is not None:
            self._pipe.cut(uploads.GONE)
        super().on_connection_close()


def _announced(body: bytes) -> list[Announced]:
    files = _object(body).get("files")
    if not isinstance(files, list) or not all(isinstance(one, dict) for one in files):
        raise MistakeError("announce the files as a list with name, dataset and size of each")
    try:
        return [
            Announced(name=str(one["name"]), dataset=str(one["dataset"]), size_bytes=int(one["size"])) for one in files
        ]
    except (KeyError, TypeError, ValueError):
        raise MistakeError("each file needs a name, a dataset and a size in bytes") from None


def _object(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body)
    except ValueError:
        raise MistakeError("this is no JSON") from None
    if not isinstance(told, dict):
        raise MistakeError("this is no JSON object")
    return told


_ID = r"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"
ROUTES = (
    (r"/upload/begin", Begin),
    (r"/upload/give-up", GiveUp),
    (rf"/upload/file/{_ID}", Receive),
)
