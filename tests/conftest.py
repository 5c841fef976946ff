"""The real servers that tests need, started once; every test gets a database and buckets of its own."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import boto3
import psycopg
import pytest
from botocore.config import Config
from psycopg import sql
from pydantic import SecretStr
from sqlalchemy.engine import make_url

from flows.adapters import ledger
from flows.adapters.object_store import ObjectStore
from flows.adapters.warehouse import Warehouse
from flows.datasets import datasets
from flows.resources import Resources
from flows.services import running
from flows.services.accounts import Role, SignedIn, create, make_first_admin, sign_in
from flows.services.landing import Scanner, land
from flows.services.publishing import Outcome
from flows.settings import Settings
from infra.embedded.stack import Stack
from tests.browsing import chromium

__all__ = ["chromium"]
SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"
_numbers = count(1)


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """PostgreSQL and an object store with migrated, empty marts."""
    stack = Stack(tmp_path_factory.mktemp("stack"), tell=print)
    settings = stack.start(with_prefect=False)
    try:
        yield settings
    finally:
        stack.stop()


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """One file after its run."""

    run_id: UUID
    outcome: Outcome
    file_id: int


def s3_client(endpoint: str, access_key: str, secret_key: str) -> Any:  # Any: boto3 has no types
    """Return an ordinary S3 client that is not ours."""
    return boto3.client(
        "s3",
        endpoint_url=f"http://{endpoint}",
        aws_access_key_id=access_key,
        aws_secret_access_key=secret_key,
        region_name="us-east-1",
        config=Config(s3={"addressing_style": "path"}),
    )


class Place:
    """One empty installation: drop files, run them, ask the database."""

    def __init__(self, parts: Resources, folder: Path) -> None:
        self.parts = parts
        self.folder = folder
        self.scanner = Scanner(parts.settings, parts.warehouse, parts.store, parts.datasets)
        self._people: dict[str, SignedIn] = {}

    def put_by_hand(self, key: str, content: bytes) -> None:
        """Put an object into the landing bucket as any S3 client would."""
        settings = self.parts.settings
        client = s3_client(settings.s3_endpoint, settings.s3_access_key, settings.s3_secret_key.get_secret_value())
        client.put_object(Bucket=settings.landing_bucket, Key=key, Body=content)

    def put(self, content: bytes, name: str = "orders.csv", dataset: str = "sales_orders") -> str:
        """Land a file as an upload; return its batch."""
        path = self.folder / str(next(_numbers)) / name
        path.parent.mkdir()
        path.write_bytes(content)
        parts = self.parts
        chosen = [(path, parts.datasets[dataset])]
        return land(parts.settings, parts.warehouse, parts.store, chosen, by_whom="tester").batch

    def drop(self, content: bytes | str, name: str = "orders.csv", dataset: str = "sales_orders") -> Loaded:
        """Land a file and load it."""
        self.put(content.encode() if isinstance(content, str) else content, name, dataset)
        return self.load_all()[-1]

    def load_all(self) -> list[Loaded]:
        """Scan the bucket and load everything that waits, in order."""
        self.scanner.scan()
        settings = self.parts.settings
        claimed = ledger.claim(self.parts.warehouse, limit=1000, lease_s=60, max_attempts=settings.max_attempts)
        return [self._run(one) for one in sorted(claimed, key=lambda one: one.file_id)]

    def sign_in(self, role: str, name: str = "") -> SignedIn:
        """Return a person of that role, signed in."""
        account = name or role
        if account not in self._people:
            if not self._people:
                password = make_first_admin(self.parts.warehouse)
                assert password is not None
                self._people["admin"] = sign_in(self.parts.warehouse, "admin", password)
            if account not in self._people:
                password = f"a password of {account}"
                create(self.parts.warehouse, self._people["admin"], account, Role(role), password)
                self._people[account] = sign_in(self.parts.warehouse, account, password)
        return self._people[account]

    def rows(self, query: str, **values: Any) -> list[dict[str, Any]]:
        """Return the rows of a query."""
        return self.parts.warehouse.rows(query, **values)

    def one(self, query: str, **values: Any) -> Any:
        """Return the only value of a query."""
        (row,) = self.rows(query, **values)
        (value,) = row.values()
        return value

    def _run(self, claimed: ledger.ClaimedFile) -> Loaded:
        load = running.begin(self.parts, claimed, uuid4())
        return Loaded(run_id=load.run_id, outcome=running.run_file(load), file_id=claimed.file_id)


@pytest.fixture
def place(servers: Settings, tmp_path: Path) -> Iterator[Place]:
    """An empty installation of its own on the shared servers."""
    with _empty_place(servers, tmp_path) as place:
        yield place


@pytest.fixture
def other_place(servers: Settings, tmp_path: Path) -> Iterator[Place]:
    """A second one, to compare with."""
    with _empty_place(servers, tmp_path / "other") as place:
        yield place


@contextmanager
def _empty_place(servers: Settings, folder: Path) -> Iterator[Place]:
    number = next(_numbers)
    settings = servers.model_copy(
        update={
            "database_url": _copied_database(servers, f"test_{number}"),
            "landing_bucket": f"landing-{number}",
            "archive_bucket": f"archive-{number}",
            "audit_bucket": f"audit-{number}",
            "scratch_folder": folder / "scratch",
        }
    )
    warehouse, store = Warehouse(settings), ObjectStore(settings)
    store.make_buckets()
    dropped = folder / "dropped"
    dropped.mkdir(parents=True)
    try:
        yield Place(Resources(settings=settings, warehouse=warehouse, store=store, datasets=datasets()), dropped)
    finally:
        warehouse.close()


@pytest.fixture
def shared_data() -> Path:
    """Real input, beside a checkout of the project."""
    if not SHARED_DATA.exists():
        pytest.skip("the real input is not beside this checkout")
    return SHARED_DATA


def _copied_database(servers: Settings, name: str) -> SecretStr:
    url = make_url(servers.database_url.get_secret_value())
    home = servers.scratch_folder.parent
    with psycopg.connect(_admin_url(home, url.port), autocommit=True) as connection:
        connection.execute(sql.SQL("create database {} template quayside owner quayside").format(sql.Identifier(name)))
    return SecretStr(url.set(database=name).render_as_string(hide_password=False))


def _admin_url(home: Path, port: int | None) -> str:
    password = json.loads((home / "credentials.json").read_text())["postgres"]
    return f"postgresql://postgres:{password}@127.0.0.1:{port}/postgres"
