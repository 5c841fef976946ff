"""A file that a Dask cluster judges ends as the same file judged on one machine, row for row."""

import random
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from distributed import LocalCluster

from flows.adapters import ledger
from flows.core.records import BLOCK_BYTES
from flows.scaling import lent_machines
from flows.services import running
from flows.services.spreading import Machines
from flows.settings import Settings
from tests.conftest import Loaded, Place
from tests.failures.state import differences, final_state

HEADER = "order_id,order_date,region,product,quantity,revenue,note\n"
ROWS = 130_000
TELCO = "commercial_name,package_name,main_detail,package_description,benefit_detail,benefit_app,price,validity\n"


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalCluster]:
    with LocalCluster(  # type: ignore[no-untyped-call]  # distributed has no types here
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0", memory_limit=0
    ) as cluster:
        yield cluster


def sales(rows: int, seed: int, first_key: int = 0) -> bytes:
    """Return a file whose held rows, duplicates and strange records lie in every part, and reach across parts."""
    chance = random.Random(seed)
    lines = []
    for number in range(rows):
        key = first_key + (chance.randrange(number) if number and chance.random() < 0.03 else number)
        is_bad = chance.random() < 0.02
        region = chance.choice(("", "Mars")) if is_bad else chance.choice(("North", "south "))
        revenue = chance.choice(("ask", "-3", "")) if is_bad else chance.choice(("5.5", '"₹ 1,999.25"'))
        note = chance.choice(("", '"two\nlines"', '"a ""quote"", and a comma"', "ü" * 30))
        line = f"D-{key},2026-01-{1 + key % 28:02},{region},Milk 1L,{key % 5 + 1},{revenue},{note}"
        strange = (line.rsplit(",", 2)[0], line.replace(",", ' "x",', 1), "", line.replace("-", "\0", 1), line + ",9")
        lines.append(chance.choice(strange) if chance.random() < 0.01 else line)
    cut = lines[rows // 2].encode() + b"\xe9"
    halves = ["\n".join(lines[: rows // 2]).encode(), cut, "\r\n".join(lines[rows // 2 + 1 :]).encode()]
    return HEADER.encode() + b"\n".join(halves)


def telco(rows: int, seed: int) -> bytes:
    """Return a file with rows that repeat earlier ones exactly, across parts."""
    chance = random.Random(seed)
    lines = []
    for number in range(rows):
        key = chance.randrange(number + 1)
        price = ("Rp 4.874", "80000", "", "ask")[key % 4]
        lines.append(f"Brand,Packet {key} 30 hari,Kuota {key % 40}GB,{'x' * 300},b,,{price},\n")
    return (TELCO + "".join(lines)).encode()


def load(place: Place, content: bytes, name: str, dataset: str, machines: Machines | None) -> Loaded:
    """Land a file and load it with what is lent."""
    place.put(content, name, dataset)
    place.scanner.scan()
    (claimed,) = ledger.claim(place.parts.warehouse, limit=1, lease_s=60, max_attempts=1)
    begun = running.begin(place.parts, claimed, uuid4())
    outcome = running.run_file(begun, machines=machines)
    return Loaded(run_id=begun.run_id, outcome=outcome, file_id=claimed.file_id)


def stretches_lent(place: Place, loaded: Loaded) -> int | None:
    lent: int | None = place.one(
        """
        select (counts ->> 'stretches_lent')::integer from platform.audit_event
        where run_id = %(run_id)s and event = 'stage_ended' and details ->> 'stage' = 'validate'
        """,
        run_id=loaded.run_id,
    )
    return lent


def state_of(place: Place) -> dict[str, list[Any]]:
    return final_state(place.parts.settings.database_url.get_secret_value(), is_whole=False)


def on_cluster(settings: Settings, cluster: LocalCluster) -> Settings:
    return settings.model_copy(update={"dask_address": cluster.scheduler_address, "dask_min_bytes": 1})


def test_a_dask_cluster_gives_the_same_rows_exceptions_and_figures(
    place: Place, other_place: Place, cluster: LocalCluster
) -> None:
    files = {
        ("d.csv", "sales_orders"): sales(ROWS, 1),
        ("d again.csv", "sales_orders"): sales(3_000, 2, ROWS - 600),
        ("X_Medan_more3_20260115.csv", "telco_packages"): telco(30_000, 3),
    }
    for (name, dataset), content in files.items():
        with lent_machines(on_cluster(place.parts.settings, cluster), len(content)) as machines:
            assert machines is not None
            far = load(place, content, name, dataset, machines)
        near = load(other_place, content, name, dataset, None)

        assert far.outcome == near.outcome
        assert stretches_lent(other_place, near) is None
        assert (stretches_lent(place, far) or 0) > len(content) // BLOCK_BYTES

    assert differences(state_of(other_place), state_of(place)) == {}
