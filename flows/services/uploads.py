"""Files that a person sends from a browser: announced as one batch, streamed into the bucket, or given up."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import urllib3
from minio.error import MinioException
from psycopg.rows import class_row

from flows.adapters import audit, ledger
from flows.adapters.object_store import ByteSource, ObjectStore
from flows.adapters.warehouse import Connection, Warehouse
from flows.core.dataset import Dataset
from flows.core.errors import MistakeError, QuaysideError
from flows.services.accounts import Role, SignedIn, authorized
from flows.services.landing import check_names, landing_key, landing_tags
from flows.services.samples import write_samples
from flows.settings import Settings

MAX_FILES = 500
SIGN_EVERY_S = 2
SILENCE_S = 60
"""A sender that is silent for so long is gone."""
GONE = "its page was closed or the connection broke off; choose the file again"
TAKEN_BACK = "it was stopped by who sent it"


class BrokenOffError(QuaysideError):
    """The sender stopped before the last byte."""


class StoreRefusedError(QuaysideError):
    """The object store did not take the bytes."""

    def __init__(self) -> None:
        super().__init__("the object store did not take the file; try again in a minute")


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """A file that a person is about to send."""

    name: str
    dataset: str
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file on its way into the bucket."""

    upload_id: UUID
    batch: str
    object_key: str
    base_name: str
    size_bytes: int
    begun_by: str


def begin(
    settings: Settings,
    warehouse: Warehouse,
    datasets: Mapping[str, Dataset],
    actor: SignedIn,
    files: Sequence[Announced],
) -> list[Upload]:
    """Take the announcement of one batch and return its uploads in the same order.

    Raises:
        RefusedError: The actor is no editor.
        MistakeError: A file could not land, or would not be picked up; nothing was begun.
    """
    with authorized(warehouse, actor, Role.EDITOR, "upload files") as connection:
        chosen = _checked(settings, datasets, files)
        day = ledger.business_day(datetime.now(UTC), settings.business_time_zone)
        batch = ledger.new_batch(connection, day, "upload", actor.account)
        audit.record(connection, "upload", actor=actor.account, batch=batch, files=[file.name for file in files])
        return [_announce(connection, actor, batch, file, dataset) for file, dataset in chosen]


def _checked(
    settings: Settings, datasets: Mapping[str, Dataset], files: Sequence[Announced]
) -> list[tuple[Announced, Dataset]]:
    if not 0 < len(files) <= MAX_FILES:
        raise MistakeError(f"one upload has 1 to {MAX_FILES} files, not {len(files)}")
    for file in files:
        if file.dataset not in datasets:
            raise MistakeError(f"there is no such dataset; choose one of {', '.join(sorted(datasets))}")
    chosen = [(file, datasets[file.dataset]) for file in files]
    check_names([(file.name, dataset) for file, dataset in chosen])
    most = settings.dashboard_max_upload_bytes
    for file in files:
        if file.size_bytes <= 0:
            raise MistakeError(f"{file.name} is empty: there is nothing to load")
        if file.size_bytes > most:
            raise MistakeError(
                f"{file.name} has {file.size_bytes:,} bytes; at most {most:,} are taken here. Split it, or put it "
                "into the bucket with an S3 client"
            )
    return chosen


def _announce(connection: Connection, actor: SignedIn, batch: str, file: Announced, dataset: Dataset) -> Upload:
    row = (
        connection.cursor(row_factory=class_row(Upload))
        .execute(
            """
            insert into platform.upload (batch, dataset, object_key, base_name, size_bytes, begun_by)
            values (%s, %s, %s, %s, %s, %s)
            returning upload_id, batch, object_key, base_name, size_bytes, begun_by
            """,
            (batch, dataset.name, landing_key(dataset, batch, file.name), file.name, file.size_bytes, actor.account),
        )
        .fetchone()
    )
    assert row is not None
    return row


def take(warehouse: Warehouse, actor: SignedIn, upload_id: UUID, size_bytes: int) -> Upload:
    """Let the bytes of an announced file begin; `receive` must follow.

    Raises:
        RefusedError: The actor is no editor.
        MistakeError: It was not announced by them with this size, or it was sent or given up already.
    """
    with authorized(warehouse, actor, Role.EDITOR, "upload files") as connection:
        found = (
            connection.cursor(row_factory=class_row(Upload))
            .execute(
                """
                update platform.upload set state = 'SENDING', seen_at = now()
                where upload_id = %s and begun_by = %s and state = 'BEGUN'
                returning upload_id, batch, object_key, base_name, size_bytes, begun_by
                """,
                (upload_id, actor.account),
            )
            .fetchone()
        )
        if found is None:
            raise MistakeError("this upload was not announced, or it was sent or given up already; choose it again")
        if found.size_bytes != size_bytes:
            raise MistakeError(
                f"{found.base_name} was announced with {found.size_bytes:,} bytes and is sent with {size_bytes:,}; "
                "choose it again"
            )
    return found


def receive(warehouse: Warehouse, store: ObjectStore, upload: Upload, source: ByteSource) -> None:
    """Stream a file that was taken into the bucket and wake the pickup; memory does not grow with the file.

    Raises:
        BrokenOffError: The sender stopped; nothing landed.
        StoreRefusedError: The object store did not take it; nothing landed.
    """
    tags = landing_tags(upload.batch, upload.begun_by)
    with _given_up_if_broken(warehouse, upload):
        store.land_stream(_Watched(source, warehouse, upload), upload.size_bytes, upload.object_key, tags)
    with warehouse.transaction() as connection:
        connection.execute(
            """
            update platform.upload set state = 'LANDED', reason = null, received_bytes = size_bytes, ended_at = now()
            where upload_id = %s
            """,
            (upload.upload_id,),
        )
        _tell_end(connection, upload, "LANDED", None)
        connection.execute(f"notify {ledger.CHANNEL}".encode())


def upload_samples(
    settings: Settings,
    warehouse: Warehouse,
    store: ObjectStore,
    datasets: Mapping[str, Dataset],
    actor: SignedIn,
    *,
    dataset: str,
    folder: Path,
    rows: int,
    seed: int,
    share: float,
    today: date,
) -> str:
    """Make sample files in a folder and upload them in a person's name; return their batch.

    Raises:
        RefusedError: The actor is no editor.
        MistakeError: There is no such dataset, or the share is none.
    """
    with authorized(warehouse, actor, Role.EDITOR, "upload files"):
        if dataset not in datasets:
            raise MistakeError(f"there is no such dataset; choose one of {', '.join(sorted(datasets))}")
    paths = write_samples(datasets[dataset], folder, rows=rows, seed=seed, today=today, share=share)
    files = [Announced(name=path.name, dataset=dataset, size_bytes=path.stat().st_size) for path in paths]
    begun = begin(settings, warehouse, datasets, actor, files)
    for one, path in zip(begun, paths, strict=True):
        with path.open("rb") as source:
            receive(warehouse, store, take(warehouse, actor, one.upload_id, one.size_bytes), source)
    return begun[0].batch


@contextmanager
def _given_up_if_broken(warehouse: Warehouse, upload: Upload) -> Iterator[None]:
    try:
        yield
    except QuaysideError as error:
        _abort(warehouse, upload, str(error))
        raise
    except (MinioException, urllib3.exceptions.HTTPError, OSError) as error:
        refused = StoreRefusedError()
        _abort(warehouse, upload, str(refused))
        raise refused from error
    except BaseException as error:
        _abort(warehouse, upload, f"{type(error).__name__}: nothing of the file landed")
        raise


def give_up(warehouse: Warehouse, actor: SignedIn, upload_ids: Sequence[UUID], *, is_gone: bool) -> int:
    """End uploads of the actor's that are under way; return their number.

    Args:
        is_gone: Whether their page was closed: then those whose bytes come end by their broken connection, or land.

    Raises:
        RefusedError: The actor is no editor.
    """
    with authorized(warehouse, actor, Role.EDITOR, "upload files") as connection:
        return _end_all(
            connection,
            "upload_id = any(%(upload_ids)s) and begun_by = %(by)s and state = any(%(states)s)",
            {
                "upload_ids": list(upload_ids),
                "by": actor.account,
                "states": ["BEGUN"] if is_gone else ["BEGUN", "SENDING"],
                "reason": GONE if is_gone else TAKEN_BACK,
            },
        )


def end_silent(warehouse: Warehouse) -> int:
    """End the uploads whose sender is gone without a word; return their number."""
    with warehouse.transaction() as connection:
        return _end_all(
            connection,
            "state in ('BEGUN', 'SENDING') and seen_at < now() - make_interval(secs => %(silence_s)s)",
            {"silence_s": SILENCE_S, "reason": GONE},
        )


def _end_all(connection: Connection, condition: str, values: Mapping[str, object]) -> int:
    """End the uploads of which a condition of ours holds."""
    ended = (
        connection.cursor(row_factory=class_row(Upload))
        .execute(
            f"""
            with gone as (select upload_id from platform.upload where {condition} for update skip locked)
            update platform.upload as u set state = 'ABORTED', reason = %(reason)s, ended_at = now()
            from gone where u.upload_id = gone.upload_id
            returning u.upload_id, u.batch, u.object_key, u.base_name, u.size_bytes, u.begun_by
            """.encode(),
            values,
        )
        .fetchall()
    )
    for upload in ended:
        _tell_end(connection, upload, "ABORTED", str(values["reason"]))
    return len(ended)


def _abort(warehouse: Warehouse, upload: Upload, reason: str) -> None:
    with warehouse.transaction() as connection:
        done = connection.execute(
            """
            update platform.upload set state = 'ABORTED', reason = %s, ended_at = now()
            where upload_id = %s and state <> 'ABORTED'
            """,
            (reason, upload.upload_id),
        )
        if done.rowcount:
            _tell_end(connection, upload, "ABORTED", reason)


def _tell_end(connection: Connection, upload: Upload, state: str, reason: str | None) -> None:
    audit.record(
        connection,
        "upload_ended",
        actor=upload.begun_by,
        counts={"bytes": upload.size_bytes},
        state=state,
        reason=reason,
        batch=upload.batch,
        object_key=upload.object_key,
    )


class _Watched:
    """Fills up what its source gives piece by piece, and tells every other second how many bytes that were."""

    def __init__(self, source: ByteSource, warehouse: Warehouse, upload: Upload) -> None:
        self._source = source
        self._warehouse = warehouse
        self._upload = upload
        self._passed = 0
        self._told_at = time.monotonic()

    def read(self, wanted: int, /) -> bytes:
        """Return so many bytes; fewer only at the end."""
        pieces: list[bytes] = []
        missing = wanted
        while missing and (piece := self._source.read(missing)):
            pieces.append(piece)
            missing -= len(piece)
            self._passed += len(piece)
            if time.monotonic() > self._told_at + SIGN_EVERY_S:
                self._told_at = time.monotonic()
                self._tell()
        return b"".join(pieces)

    def _tell(self) -> None:
        """Keep this upload alive, and those of its batch that wait for their turn."""
        with self._warehouse.transaction() as connection:
            connection.execute(
                "update platform.upload set seen_at = now(), received_bytes = %s where upload_id = %s",
                (self._passed, self._upload.upload_id),
            )
            connection.execute(
                """
                update platform.upload set seen_at = now()
                where upload_id in (
                    select upload_id from platform.upload
                    where batch = %s and state = 'BEGUN' and seen_at < now() - interval '1 second'
                    for update skip locked
                )
                """,
                (self._upload.batch,),
            )
