"""The disk of the archive is full: the file fails with a clear sentence, and loads after room is made."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
import urllib3
from botocore.exceptions import ClientError
from pydantic import SecretStr

from flows.adapters import ledger
from flows.adapters.object_store import ObjectStore
from flows.core.errors import StoreFullError
from flows.resources import Resources
from flows.services import running
from flows.services.retries import retry
from infra.embedded.object_store import PORTS, ObjectServer
from infra.processes import Processes, free_port, wait_until
from tests.conftest import Place, s3_client
from tests.failures.state import differences, final_state

ORDERS = (
    b"order_id,order_date,region,product,quantity,revenue\nA1,2026-01-31,North,Milk 1L,1,5\nA2,x,North,Milk 1L,1,5\n"
)


class OwnStore:
    """An object store of the test's own, whose disk can be full."""

    def __init__(self, folder: Path) -> None:
        ports: dict[str, int] = {}
        while len(ports) < len(PORTS):
            port = free_port()
            if port not in ports.values():
                ports[PORTS[len(ports)]] = port
        self.server = ObjectServer(
            folder=folder / "objects", ports=ports, keys={"quayside": ("test-key-of-the-store", uuid4().hex)}
        )
        self._processes = Processes(record=folder / "processes.json", logs=folder / "logs")

    def start(self, *, is_full: bool = False) -> None:
        """Start it; a full one takes nothing new."""
        if not is_full:
            self.server.start(self._processes)
            return
        full = replace(self.server, min_free_space="100")
        child = self._processes.start("object-store", full.command(), folder=full.folder, stop_s=3)

        def serves() -> bool:
            try:
                return urllib3.request("GET", f"http://{full.endpoint}/", retries=False).status in (200, 403)
            except urllib3.exceptions.HTTPError:
                return False

        wait_until(serves, child, timeout_s=60)

    def stop(self) -> None:
        self._processes.stop()


def wait_until_read(place: Place, key: str) -> None:
    """Wait until the server finds its objects again: it answers some seconds before."""
    settings = place.parts.settings
    client = s3_client(settings.s3_endpoint, settings.s3_access_key, settings.s3_secret_key.get_secret_value())
    until = time.monotonic() + 60
    while True:
        try:
            client.get_object(Bucket=settings.landing_bucket, Key=key)["Body"].read()
        except ClientError:
            assert time.monotonic() < until
            time.sleep(0.2)
        else:
            return


@pytest.fixture
def own_store(tmp_path: Path) -> Iterator[OwnStore]:
    store = OwnStore(tmp_path)
    store.start()
    try:
        yield store
    finally:
        store.stop()


def test_a_full_archive_fails_clearly_and_room_mends_it(place: Place, own_store: OwnStore) -> None:
    settings = place.parts.settings.model_copy(
        update={
            "s3_endpoint": own_store.server.endpoint,
            "s3_access_key": own_store.server.keys["quayside"][0],
            "s3_secret_key": SecretStr(own_store.server.keys["quayside"][1]),
        }
    )
    store = ObjectStore(settings)
    store.make_buckets()
    parts = Resources(settings=settings, warehouse=place.parts.warehouse, store=store, datasets=place.parts.datasets)
    here = Place(parts, place.folder)
    here.put(ORDERS)
    here.scanner.scan()
    (claimed,) = ledger.claim(parts.warehouse, limit=1, lease_s=300, max_attempts=5)
    own_store.stop()
    own_store.start(is_full=True)
    wait_until_read(here, claimed.object_key)

    with pytest.raises(StoreFullError):
        running.run_file(running.begin(parts, claimed, uuid4()), parts.settings.max_attempts)

    file = here.rows("select state, reason from platform.file")[0]
    assert file["state"] == "FAILED"
    assert "its disk is full" in file["reason"]
    assert here.one("select count(*) from sales_orders.orders") == 0
    assert "StoreFullError" in here.one(
        "select details ->> 'trace' from platform.audit_event where event = 'run_ended'"
    )
    own_store.stop()
    own_store.start()
    wait_until_read(here, claimed.object_key)
    retry(parts.warehouse, here.sign_in("editor"), claimed.file_id)
    (again,) = ledger.claim(parts.warehouse, limit=1, lease_s=300, max_attempts=5)
    assert running.run_file(running.begin(parts, again, uuid4())).state == "COMPLETED"
    url = parts.settings.database_url.get_secret_value()
    mended = final_state(url)
    assert differences(mended, {**mended, "open_runs": [], "broken_chain": [], "unpaired": []}) == {}
    assert (len(mended["orders"]), len(mended["exception"])) == (1, 1)
