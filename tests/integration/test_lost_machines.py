"""Machines that die, hang or go away while they judge a file: nothing of the file is lost or judged twice."""

import os
import random
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import TypeAlias

import polars as pl
import pytest
from distributed import LocalCluster

from flows.core.dataset import Context
from flows.core.reading import read_layout
from flows.datasets import datasets
from flows.scaling import lent_machines
from flows.services.spreading import Judged, Machines, judged
from flows.settings import Settings
from infra.processes import free_port

SALES = datasets()["sales_orders"]
HEADER = "order_id,order_date,region,product,quantity,revenue\n"
PRODUCTS = pl.DataFrame({"product": ["Milk 1L"], "category": ["Dairy"]})
CONTEXT = Context(landed_on=date(2026, 11, 22), base_name="large.csv", references={"products": PRODUCTS})
Blow: TypeAlias = Callable[[LocalCluster], None]


def content(rows: int = 14_000) -> bytes:
    """Return a file of some fifty megabytes, with held rows in every part."""
    chance = random.Random(7)
    lines = (
        f"L-{number},2026-01-31,{chance.choice(('North', '', 'Mars'))},Milk 1L,1,5.00,{'x' * 3_500}\n"
        for number in range(rows)
    )
    return (HEADER.replace("revenue", "revenue,note") + "".join(lines)).encode()


def settings_of(dask_address: str) -> Settings:
    nothing = {"database_url": "", "s3_endpoint": "", "s3_access_key": "", "s3_secret_key": ""}
    return Settings.model_validate({**nothing, "dask_address": dask_address, "dask_min_bytes": 10})


@pytest.fixture
def cluster() -> Iterator[LocalCluster]:
    """Two machines that each test may break."""
    with LocalCluster(  # type: ignore[no-untyped-call]  # distributed has no types here
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0", memory_limit=0
    ) as cluster:
        yield cluster


def pids(cluster: LocalCluster) -> list[int]:
    return [nanny.pid for nanny in cluster.workers.values()]


def kill_one(cluster: LocalCluster) -> None:
    os.kill(pids(cluster)[0], signal.SIGKILL)


def kill_all(cluster: LocalCluster) -> None:
    for pid in pids(cluster):
        os.kill(pid, signal.SIGKILL)


def close(cluster: LocalCluster) -> None:
    cluster.close()


def all_of(stretches: Iterator[Judged]) -> dict[str, object]:
    """Return everything that the rules say of a file."""
    found = list(stretches)
    return {
        "numbers": [(one.verdict.rows_read, one.empty_lines, one.read_to) for one in found],
        "frames": [
            frame.to_dicts()
            for one in found
            for frame in (one.verdict.passed.select(pl.exclude("extra")), one.verdict.held, one.verdict.findings)
        ],
        "tallies": [(one.verdict.tallies, one.verdict.missing) for one in found],
    }


@pytest.mark.parametrize("blow", [kill_one, kill_all, close])
def test_machines_that_die_in_the_middle_cost_no_row(cluster: LocalCluster, blow: Blow) -> None:
    file = content()
    layout = read_layout(file[:1000], "utf-8", SALES)
    told: list[str] = []

    def with_blow(machines: Machines) -> Iterator[Judged]:
        for number, stretch in enumerate(judged(BytesIO(file), layout, SALES, CONTEXT, machines)):
            if number == 0:
                assert stretch.is_lent
                blow(cluster)
            yield stretch

    settings = settings_of(cluster.scheduler_address)
    with lent_machines(settings, len(file)) as machines:
        assert machines is not None
        far = all_of(with_blow(replace(machines, warn=told.append, at_once=2)))

    assert far == all_of(judged(BytesIO(file), layout, SALES, CONTEXT))
    assert len(told) <= 1
    if blow is close:
        assert told[0].startswith("the cluster failed, the rest of the file is judged here")


def test_machines_that_hang_are_not_waited_for(cluster: LocalCluster) -> None:
    file = content(5_000)
    layout = read_layout(file[:1000], "utf-8", SALES)
    told: list[str] = []
    settings = settings_of(cluster.scheduler_address)

    with lent_machines(settings, len(file)) as machines, ExitStack() as stopped:
        assert machines is not None
        for pid in pids(cluster):
            os.kill(pid, signal.SIGSTOP)
            stopped.callback(os.kill, pid, signal.SIGCONT)
        impatient = replace(machines, warn=told.append, patience_s=0.5)
        far = all_of(judged(BytesIO(file), layout, SALES, CONTEXT, impatient))

    assert far == all_of(judged(BytesIO(file), layout, SALES, CONTEXT))
    assert ["TimeoutError" in sentence for sentence in told] == [True]


@pytest.mark.parametrize("address", [f"tcp://127.0.0.1:{free_port()}", "127.0.0.1", "http://127.0.0.1:8786", ""])
@pytest.mark.parametrize("size_bytes", [1, 10])
def test_a_file_is_judged_here_where_no_cluster_answers_and_where_it_is_small(address: str, size_bytes: int) -> None:
    with lent_machines(settings_of(address), size_bytes) as machines:
        assert machines is None
