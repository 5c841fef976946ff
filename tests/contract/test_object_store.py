"""What the product expects of an object store, on the embedded server and on a real server of the MinIO line."""

import os
import shutil
from collections.abc import Iterator
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pytest
import urllib3
from minio import Minio
from minio.error import MinioException, S3Error
from pydantic import SecretStr

from flows.adapters.object_store import LandedBytes, LandedObject, ObjectStore
from flows.core.errors import ObjectChangedError
from flows.settings import Settings
from infra.processes import Processes, free_port, wait_until

COMPILED = Path(os.environ.get("CONTAINERS_STATE", "/var/lib/local-engine")) / "silo" / "minio"
"""Where `tests/stack/images/base-images.sh silo` compiles it."""
CONTENT = b"order_id\n1\n"
REGION = "eu-central-1"


def _minio() -> str | None:
    return shutil.which("silo") or shutil.which("minio") or (str(COMPILED) if COMPILED.exists() else None)


@pytest.fixture(scope="module")
def minio(servers: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A server of the MinIO line."""
    binary = _minio()
    if binary is None:
        pytest.skip("no server of the MinIO line is on this machine: only the embedded one was tried")
    folder = tmp_path_factory.mktemp("minio")
    endpoint, secret = f"127.0.0.1:{free_port()}", uuid4().hex
    processes = Processes(record=folder / "processes.json", logs=folder / "logs")
    child = processes.start(
        "minio",
        [
            binary,
            "server",
            str(folder / "store"),
            "--address",
            endpoint,
            "--console-address",
            f"127.0.0.1:{free_port()}",
        ],
        environment={
            "MINIO_ROOT_USER": "quayside-test",
            "MINIO_ROOT_PASSWORD": secret,
            "MINIO_REGION": REGION,
            "HOME": str(folder),
        },
    )

    client = Minio(
        endpoint,
        "quayside-test",
        secret,
        secure=False,
        region=REGION,
        http_client=urllib3.PoolManager(retries=False),
    )

    def serves() -> bool:
        try:
            client.make_bucket("ready")
        except (urllib3.exceptions.HTTPError, MinioException):
            return False
        return True

    try:
        wait_until(serves, child, timeout_s=60)
        yield servers.model_copy(
            update={
                "s3_endpoint": endpoint,
                "s3_access_key": "quayside-test",
                "s3_secret_key": SecretStr(secret),
                "s3_region": REGION,
            }
        )
    finally:
        processes.stop()


def test_a_server_of_another_region_refuses(minio: Settings) -> None:
    with pytest.raises(S3Error, match="region"):
        ObjectStore(minio.model_copy(update={"s3_region": "us-east-1"})).make_buckets()


@pytest.fixture(params=["embedded", "minio"])
def store(request: pytest.FixtureRequest) -> ObjectStore:
    """An object store with empty buckets."""
    settings = request.getfixturevalue("servers" if request.param == "embedded" else "minio")
    name = uuid4().hex[:12]
    buckets = {f"{kind}_bucket": f"{kind}-{name}" for kind in ("landing", "archive", "audit")}
    store = ObjectStore(settings.model_copy(update=buckets))
    store.make_buckets()
    store.make_buckets()
    return store


@pytest.fixture
def landed(store: ObjectStore, tmp_path: Path) -> LandedObject:
    """One object with tags."""
    path = tmp_path / "orders.csv"
    path.write_bytes(CONTENT)
    store.land(path, "sales_orders/batch/a name, with more.csv", {"quayside-batch": "batch_1", "quayside-by": "me"})
    (found,) = store.landed()
    return found


def test_what_landed_is_listed_with_size_etag_and_tags(store: ObjectStore, landed: LandedObject) -> None:
    assert (landed.key, landed.size_bytes) == ("sales_orders/batch/a name, with more.csv", len(CONTENT))
    assert landed.etag
    assert store.tags(landed) == {"quayside-batch": "batch_1", "quayside-by": "me"}


def test_an_object_that_is_gone_has_no_tags(store: ObjectStore, landed: LandedObject) -> None:
    gone = LandedObject(
        bucket=landed.bucket, key="gone.csv", etag="x", version_id="", size_bytes=1, modified_at=landed.modified_at
    )

    assert store.tags(gone) == {}


def test_bytes_are_read_with_their_digest_and_only_of_the_version_that_was_listed(
    store: ObjectStore, landed: LandedObject
) -> None:
    target = BytesIO()

    assert store.download(landed.bucket, landed.key, landed.etag, target) == sha256(CONTENT).hexdigest()
    assert target.getvalue() == CONTENT
    with pytest.raises(ObjectChangedError):
        store.download(landed.bucket, landed.key, "0" * 32, BytesIO())
    with pytest.raises(ObjectChangedError):
        store.download(landed.bucket, "gone.csv", landed.etag, BytesIO())


@pytest.mark.parametrize("etag", ["", "0" * 32], ids=["the version that was read", "a version that is gone"])
def test_the_archive_keeps_the_bytes_that_were_read(
    store: ObjectStore, landed: LandedObject, tmp_path: Path, etag: str
) -> None:
    digest = sha256(CONTENT).hexdigest()
    source = LandedBytes(bucket=landed.bucket, key=landed.key, etag=etag or landed.etag)

    store.keep(source, tmp_path / "orders.csv", digest)
    store.keep(source, tmp_path / "orders.csv", digest)

    assert store.archived_range(digest, 0, 100) == CONTENT
    assert store.archived_range(digest, 6, 2) == CONTENT[6:8]


def test_a_large_file_lands_in_parts(store: ObjectStore, tmp_path: Path) -> None:
    content = os.urandom(20 << 20)
    (tmp_path / "large.csv").write_bytes(content)

    store.land(tmp_path / "large.csv", "sales_orders/large.csv", {"quayside-batch": "batch_1"})

    (found,) = store.landed()
    assert found.size_bytes == len(content)
    assert store.download(found.bucket, found.key, found.etag, BytesIO()) == sha256(content).hexdigest()


def test_published_heads_are_read_back(store: ObjectStore) -> None:
    store.publish_head("head-1.json", b"{}")
    store.publish_head("head-2.json", b"[]")

    assert dict(store.heads()) == {"head-1.json": b"{}", "head-2.json": b"[]"}


@pytest.mark.parametrize("server", ["servers", "minio"])
def test_a_wrong_secret_is_refused(request: pytest.FixtureRequest, server: str) -> None:
    settings = request.getfixturevalue(server)

    with pytest.raises(S3Error, match="SignatureDoesNotMatch"):
        list(ObjectStore(settings.model_copy(update={"s3_secret_key": SecretStr("wrong")})).landed())
