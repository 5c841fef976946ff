"""The S3 object store: the landing bucket, the archive and the published audit heads."""

import io
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, Protocol, cast

import urllib3
from minio import Minio
from minio.commonconfig import CopySource, Tags
from minio.error import S3Error, ServerError

from flows.adapters.transient import BUSY
from flows.core.errors import ObjectChangedError, StoreFullError
from flows.settings import Settings

BLOCK_BYTES = 1 << 20
PART_BYTES = 16 << 20
STREAM_PART_BYTES = 8 << 20
"""A part of a stream is held in memory until it is sent."""
MAX_PARTS = 9_999
_PAUSES_S = (3, 6, 12)
"""Between tries to write to a server that refuses but reads: it may be starting, or full."""
MAX_COPY_BYTES = 5 << 30
"""S3 copies at most 5 GiB in one request."""
BATCH_TAG = "quayside-batch"
ACTOR_TAG = "quayside-by"


@dataclass(frozen=True, slots=True, kw_only=True)
class LandedObject:
    """One object in a bucket, as a listing shows it."""

    bucket: str
    key: str
    etag: str
    version_id: str
    size_bytes: int
    modified_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LandedBytes:
    """One version of an object, by its ETag."""

    bucket: str
    key: str
    etag: str


def _is_refusal(error: Exception) -> bool:
    """Return whether a server that can be reached would not write."""
    if isinstance(error, S3Error):
        return error.code in BUSY | {"XMinioStorageFull", "InsufficientStorage"}
    return isinstance(error, ServerError) or isinstance(
        getattr(error, "reason", None), urllib3.exceptions.ResponseError
    )


class ByteSource(Protocol):
    """Gives bytes in their order."""

    def read(self, wanted: int, /) -> bytes:
        """Return so many bytes; fewer only at the end."""


class ObjectStore:
    """A client of the object store."""

    def __init__(self, settings: Settings) -> None:
        self._client = Minio(
            settings.s3_endpoint,
            access_key=settings.s3_access_key,
            secret_key=settings.s3_secret_key.get_secret_value(),
            secure=settings.s3_is_secure,
            region=settings.s3_region,
            http_client=urllib3.PoolManager(
                timeout=urllib3.Timeout(connect=5, read=60), maxsize=16, retries=urllib3.Retry(3, backoff_factor=0.2)
            ),
        )
        self.landing = settings.landing_bucket
        self.archive = settings.archive_bucket
        self.audit = settings.audit_bucket

    def make_buckets(self) -> None:
        """Create the buckets that are missing."""
        for bucket in (self.landing, self.archive, self.audit):
            if not self._client.bucket_exists(bucket):
                self._client.make_bucket(bucket)

    def check(self) -> None:
        """Read one object that is not there: the server answers, and knows the keys.

        Raises:
            S3Error: It refused.
        """
        try:
            self._client.stat_object(self.archive, "quayside-check")
        except S3Error as error:
            if error.code not in ("NoSuchKey", "NoSuchObject"):
                raise

    def landed(self) -> Iterator[LandedObject]:
        """Yield every object of the landing bucket."""
        for found in self._client.list_objects(self.landing, recursive=True):
            if found.is_dir or found.object_name is None or found.last_modified is None:
                continue
            yield LandedObject(
                bucket=self.landing,
                key=found.object_name,
                etag=(found.etag or "").strip('"'),
                version_id=found.version_id or "",
                size_bytes=found.size or 0,
                modified_at=found.last_modified,
            )

    def tags(self, landed: LandedObject) -> dict[str, str]:
        """Return the tags of an object; none where it is gone by now."""
        try:
            return dict(self._client.get_object_tags(landed.bucket, landed.key) or {})
        except S3Error as error:
            if error.code in ("NoSuchKey", "NoSuchTagSet"):
                return {}
            raise

    def land(self, path: Path, key: str, tags: dict[str, str]) -> None:
        """Put a local file into the landing bucket."""
        told = Tags.new_object_tags()
        told.update(tags)
        self._client.fput_object(self.landing, key, str(path), content_type="text/csv", tags=told, part_size=PART_BYTES)

    def land_stream(self, source: ByteSource, size_bytes: int, key: str, tags: dict[str, str]) -> None:
        """Put a stream into the landing bucket, part by part; where it breaks off nothing lands and no part is left."""
        told = Tags.new_object_tags()
        told.update(tags)
        self._client.put_object(
            self.landing,
            key,
            cast(BinaryIO, source),
            size_bytes,
            content_type="text/csv",
            tags=told,
            part_size=max(STREAM_PART_BYTES, size_bytes // MAX_PARTS + 1),
            num_parallel_uploads=1,
        )

    def download(self, bucket: str, key: str, etag: str, target: BinaryIO) -> str:
        """Write an object's bytes to a file and return their SHA-256.

        Raises:
            ObjectChangedError: The object no longer has that ETag.
        """
        digest = sha256()
        try:
            response = self._client.get_object(bucket, key, request_headers={"If-Match": f'"{etag}"'} if etag else None)
        except S3Error as error:
            if error.code in ("NoSuchKey", "PreconditionFailed"):
                raise ObjectChangedError(key) from error
            raise
        try:
            for block in response.stream(BLOCK_BYTES):
                digest.update(block)
                target.write(block)
        finally:
            response.close()
            response.release_conn()
        return digest.hexdigest()

    def keep(self, landed: LandedBytes, path: Path, digest: str) -> None:
        """Keep a file in the archive under its SHA-256, unless it is there.

        The server copies the very version whose bytes were read; where that is gone by now, the bytes are put.

        Args:
            path: The bytes that were read.

        Raises:
            StoreFullError: The server reads but refuses to write, for a while.
        """
        for pause_s in (*_PAUSES_S, None):
            try:
                self._keep(landed, path, digest)
            except (S3Error, ServerError, urllib3.exceptions.MaxRetryError) as error:
                if not _is_refusal(error) or not self._can_read(landed):
                    raise
                if pause_s is None:
                    raise StoreFullError from error
                time.sleep(pause_s)
            else:
                return

    def _can_read(self, landed: LandedBytes) -> bool:
        try:
            response = self._client.get_object(landed.bucket, landed.key, offset=0, length=1)
        except (S3Error, ServerError, urllib3.exceptions.HTTPError):
            return False
        response.close()
        response.release_conn()
        return True

    def _keep(self, landed: LandedBytes, path: Path, digest: str) -> None:
        size = path.stat().st_size
        if self._archived_size(digest) == size:
            return
        source = CopySource(landed.bucket, landed.key, match_etag=landed.etag)
        try:
            if 0 < size <= MAX_COPY_BYTES:
                self._client.copy_object(self.archive, digest, source)
        except S3Error as error:
            if error.code not in ("NoSuchKey", "PreconditionFailed"):
                raise
        if self._archived_size(digest) != size:
            self._client.fput_object(self.archive, digest, str(path), part_size=PART_BYTES)

    def _archived_size(self, digest: str) -> int | None:
        try:
            return self._client.stat_object(self.archive, digest).size
        except S3Error as error:
            if error.code == "NoSuchKey":
                return None
            raise

    def archived_range(self, digest: str, start: int, length: int) -> bytes:
        """Return a byte range of an archived file."""
        response = self._client.get_object(self.archive, digest, offset=start, length=length)
        try:
            return response.read()
        finally:
            response.close()
            response.release_conn()

    def publish_head(self, name: str, content: bytes) -> None:
        """Put the head of the audit chain where the database can't change it."""
        self._client.put_object(self.audit, name, io.BytesIO(content), len(content), content_type="application/json")

    def heads(self) -> Iterator[tuple[str, bytes]]:
        """Yield every published head of the audit chain by its name."""
        for found in self._client.list_objects(self.audit, recursive=True):
            if found.object_name is None or found.is_dir:
                continue
            response = self._client.get_object(self.audit, found.object_name)
            try:
                yield found.object_name, response.read()
            finally:
                response.close()
                response.release_conn()
