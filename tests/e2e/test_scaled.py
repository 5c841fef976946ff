"""The running stack with a Dask cluster at an address of its settings: its flows use it, and do without it."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from distributed import LocalCluster

from tests.running import RunningStack

HEADER = "order_id,order_date,region,product,quantity,revenue\n"
ENDED = """
    select r.run_id::text, r.state, r.rows_read, r.rows_held_at_first_pass, (e.counts ->> 'stretches_lent')::integer
    from platform.file as f
    inner join platform.run as r using (run_id)
    inner join platform.audit_event as e on e.run_id = r.run_id and e.event = 'stage_ended'
    where f.base_name = '{name}' and r.state <> 'RUNNING' and e.details ->> 'stage' = 'validate'
"""


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalCluster]:
    with LocalCluster(  # type: ignore[no-untyped-call]  # distributed has no types here
        n_workers=1, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0", memory_limit=0
    ) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, cluster: LocalCluster) -> Iterator[RunningStack]:
    stack = RunningStack(
        tmp_path_factory.mktemp("scaled") / "home",
        "up",
        QUAYSIDE_DASK_ADDRESS=cluster.scheduler_address,
        QUAYSIDE_DASK_MIN_BYTES="10000",
    )
    stack.start()
    try:
        yield stack
    finally:
        stack.stop()


def load(stack: RunningStack, name: str, rows: int, within_s: float = 90) -> tuple[Any, ...]:
    """Drop a file whose tenth rows lack a region, wait until it has ended, and return what is known of its run."""
    lines = (f"{name}-{number},2026-01-31,{'North' if number % 10 else ''},Milk 1L,1,5\n" for number in range(rows))
    stack.put(f"sales_orders/{name}", (HEADER + "".join(lines)).encode())
    until = time.monotonic() + within_s
    while not (found := stack.rows(ENDED.format(name=name))):
        assert time.monotonic() < until, stack.rows("select base_name, state, reason from platform.file")
        time.sleep(0.1)
    return found[0]


def logs_of(stack: RunningStack, run_id: str) -> list[str]:
    """Return what a run said in Prefect."""
    asked = {"logs": {"flow_run_id": {"any_": [run_id]}}, "limit": 200}
    return [log["message"] for log in stack.prefect("/logs/filter", asked)]


@pytest.mark.stack
def test_the_flow_uses_a_cluster_for_large_files_and_says_where_it_is_gone(
    stack: RunningStack, cluster: LocalCluster
) -> None:
    assert load(stack, "large.csv", 1_000)[1:] == ("COMPLETED", 1_000, 100, 1)
    assert load(stack, "small.csv", 10)[1:] == ("COMPLETED", 10, 1, None)

    cluster.close()

    run_id, *told = load(stack, "alone.csv", 1_000)
    assert told == ["COMPLETED", 1_000, 100, None]
    wanted = f"no Dask cluster at {cluster.scheduler_address}, the file is judged here"
    until = time.monotonic() + 30
    while not any(message.startswith(wanted) for message in logs_of(stack, run_id)):
        assert time.monotonic() < until, logs_of(stack, run_id)
        time.sleep(0.2)


@pytest.mark.stack
def test_a_second_pickup_of_a_worker_ends_by_itself_and_the_first_goes_on(stack: RunningStack) -> None:
    run_id = stack.start_deployment("pickup", {"watch_s": 3_600})
    until = time.monotonic() + 120

    while (ended := stack.flow_run(run_id))["state"]["type"] not in ("COMPLETED", "FAILED", "CRASHED"):
        assert time.monotonic() < until, ended["state"]
        time.sleep(0.5)

    assert ended["state"]["type"] == "COMPLETED"
    alive = "select run_id::text from platform.watcher where flow = 'pickup' and seen_at > now() - interval '10 s'"
    assert set(stack.rows(alive)) - {(run_id,)}
