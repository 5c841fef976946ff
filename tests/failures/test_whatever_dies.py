"""Whatever dies in the running stack, the final state is that of an unbroken run, within two minutes and unaided."""

import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import psutil
import psycopg
import pytest

from tests.conftest import Place
from tests.failures.state import WHOLE, differences, final_state
from tests.running import RunningStack

KILLS = int(os.environ.get("QUAYSIDE_KILLS", "100"))
SEED = int(os.environ.get("QUAYSIDE_SEED", str(int(datetime.now(UTC).timestamp()))))
WITHIN_S = 120
LEASE_S = 4
HEADER = "order_id,order_date,region,product,quantity,revenue\n"
TELCO = "commercial_name,package_name,main_detail,price,validity\n"
STAGES = ("register", "validate", "exceptions", "transform", "publish")
BOUNDARIES = [(event, stage) for stage in STAGES for event in ("stage_started", "stage_ended")]
Files = dict[str, bytes]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    stack = RunningStack(
        tmp_path_factory.mktemp("dies") / "home", "up", QUAYSIDE_LEASE_S=str(LEASE_S), QUAYSIDE_MAX_ATTEMPTS="1000"
    )
    stack.start()
    try:
        yield stack
    finally:
        stack.stop()


def sales(name: str, rows: int, chance: random.Random) -> Files:
    """Return a sales file with defects, and with duplicates of its own rows."""
    lines = []
    for number in range(rows):
        region = chance.choice(("North", "South", "", "Mars")) if chance.random() < 0.1 else "East"
        key = chance.randrange(number) if number and chance.random() < 0.02 else number
        lines.append(f"{name}-{key},2026-01-{1 + number % 28:02},{region},Milk 1L,{number % 5 + 1},{key % 90}.5\n")
    return {f"sales_orders/{name}.csv": (HEADER + "".join(lines)).encode()}


def telco(name: str, rows: int, chance: random.Random) -> Files:
    """Return two versions of one telco file: the second one takes the place of the first."""
    base = f"{name}_Medan_more3_20260115_x.csv"
    versions = {}
    for version in (1, 2):
        lines = [
            f"Brand,{name} {number} 30 hari,Kuota {number % 40}GB,{chance.choice(['', 'ask', '1.000', '80000'])},\n"
            for number in range(rows)
        ]
        good = [f"Brand,Good {number},Kuota 1GB,{version}000,7\n" for number in range(rows * 2)]
        versions[f"telco_packages/v{version}/{base}"] = (TELCO + "".join(lines + good)).encode()
    return versions


def unbroken(place: Place, files: Files) -> dict[str, list[Any]]:
    """Return the state after a quiet load of the same files."""
    for key, content in files.items():
        place.put_by_hand(key, content)
        place.load_all()
    return final_state(place.parts.settings.database_url.get_secret_value(), is_whole=False)


def wait_until(what: Callable[[], bool], within_s: float = WITHIN_S, told: Callable[[], object] = str) -> None:
    until = time.monotonic() + within_s
    while True:
        with suppress(psycopg.OperationalError):  # the server may be what was killed
            if what():
                return
        assert time.monotonic() < until, told()
        time.sleep(0.1)


def land(stack: RunningStack, files: Files) -> None:
    for key, content in files.items():
        stack.put(key, content)


def all_ended(stack: RunningStack, prefix: str, count: int) -> None:
    """Wait until all files of a trial have ended."""
    query = f"select state, count(*)::integer from platform.file where base_name like '{prefix}%' group by state"

    def is_over() -> bool:
        states = dict(stack.rows(query))
        return sum(states.values()) == count and not states.keys() & {"LANDED", "RUNNING"}

    wait_until(is_over, told=lambda: f"after {WITHIN_S} s: {stack.rows(query)}")


def same_as_unbroken(stack: RunningStack, place: Place, prefix: str, files: Files) -> None:
    """Compare table by table, and check what holds for the whole installation."""
    all_ended(stack, prefix, len(files))
    url = stack.settings()["QUAYSIDE_DATABASE_URL"]
    assert differences(unbroken(place, files), final_state(url, f"{prefix}%", is_whole=False)) == {}
    for table in ("open_runs", "broken_chain", "unpaired", "rows_of_no_completed_run"):
        assert stack.rows(WHOLE[table]) == [], table
    assert (
        stack.rows(
            """
            select ordered_on, region, product, count(*), sum(quantity), sum(revenue_inr) from sales_orders.orders
            group by ordered_on, region, product
            except
            select ordered_on, region, product, orders, units, revenue_inr from sales_orders.revenue_by_group
            """
        )
        == []
    )


def under_way(stack: RunningStack, prefix: str, stage: str = "validate") -> None:
    """Wait until a load of the trial is in the middle of a stage."""
    wait_until(
        lambda: bool(
            stack.rows(
                f"""
                select 1 from platform.audit_event as e inner join platform.file as f on f.run_id = e.run_id
                where f.base_name like '{prefix}%' and f.state = 'RUNNING' and e.details ->> 'stage' = '{stage}'
                """
            )
        )
    )


def processes(stack: RunningStack, *words: str) -> list[psutil.Process]:
    """Return the processes of this stack whose command line has one of the words."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            told = " ".join(process.cmdline())
            is_ours = str(stack.home) in told or process.environ().get("QUAYSIDE_HOME") == str(stack.home)
            if is_ours and any(word in told for word in words):
                found.append(process)
    return found


FLOW = ("prefect.engine", "prefect.flow_engine", "flow-run execute")
WORKER = ("flows.cli worker", "prefect worker start", *FLOW)
SERVER = ("prefect server start", "prefect.server.api")


def kill(stack: RunningStack, *words: str, with_signal: int = signal.SIGKILL) -> int:
    """Send a signal to processes at once; return how many there were."""
    found = processes(stack, *words)
    for process in found:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(with_signal)
    return len(found)


def watching(stack: RunningStack) -> set[str]:
    """Return the pickup runs that gave a sign of life just now."""
    rows = stack.rows(
        "select run_id::text from platform.watcher where flow = 'pickup' and seen_at > now() - interval '4 s'"
    )
    return {row[0] for row in rows}


@pytest.mark.stack
def test_the_worker_is_killed_at_every_stage_boundary(stack: RunningStack, place: Place) -> None:
    chance = random.Random(1)
    files: Files = {}
    with psycopg.connect(stack.settings()["QUAYSIDE_DATABASE_URL"], autocommit=True) as listener:
        listener.execute("listen boundary")
        listener.execute(
            """
            create or replace function platform.tell_boundary() returns trigger language plpgsql as $$
            begin
                perform pg_notify('boundary', new.event || ' ' || (new.details ->> 'stage'));
                return null;
            end $$;
            create or replace trigger tell_boundary after insert on platform.audit_event for each row
            when (new.details ? 'stage') execute function platform.tell_boundary()
            """
        )
        killed: set[str] = set()
        for number, (event, stage) in enumerate(BOUNDARIES):
            some = sales(f"boundary{number}", 3_000, chance) | telco(f"boundary{number}", 40, chance)
            wait_until(lambda killed=killed: bool(watching(stack) - killed))  # type: ignore[misc]
            list(listener.notifies(timeout=0))  # of those who are dead: they had several files under way
            land(stack, some)
            files |= some
            for told in listener.notifies(timeout=WITHIN_S):
                if told.payload == f"{event} {stage}":
                    killed |= watching(stack)
                    assert kill(stack, *FLOW) > 0
                    break
            else:
                raise AssertionError(f"{event} {stage} never came")
        listener.execute("drop trigger tell_boundary on platform.audit_event")

    same_as_unbroken(stack, place, "boundary", files)


@pytest.mark.stack
def test_the_worker_is_killed_at_random_moments(
    stack: RunningStack, place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    with capsys.disabled():
        print(f"\n{KILLS} random kills, QUAYSIDE_SEED={SEED}")
    chance = random.Random(SEED)
    files: Files = {}
    begun = time.monotonic()
    for number in range(KILLS):
        some = sales(f"random{number}", 2_000, chance)
        if number % 5 == 0:
            some |= telco(f"random{number}", 30, chance)
        land(stack, some)
        files |= some
        if chance.random() < 0.85:  # else it is hit while it starts
            wait_until(lambda: bool(watching(stack)))
        time.sleep(chance.uniform(0, 3))
        kill(stack, *chance.choices((FLOW, WORKER, WORKER[1:2]), weights=(8, 1, 1))[0])
    print(f"{KILLS} kills in {time.monotonic() - begun:.0f} s")

    same_as_unbroken(stack, place, "random", files)


def _restart_of(*words: str, with_signal: int = signal.SIGKILL) -> Callable[[RunningStack], None]:
    def act(stack: RunningStack) -> None:
        assert kill(stack, *words, with_signal=with_signal) > 0

    return act


def _gone_for_20_s(stack: RunningStack) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        kill(stack, "weed server")
        time.sleep(0.2)


TRIALS: dict[str, Callable[[RunningStack], None]] = {
    "worker and Prefect server killed together": _restart_of(*WORKER, *SERVER),
    "worker stopped by SIGTERM": _restart_of("flows.cli worker", with_signal=signal.SIGTERM),
    "Postgres restarted": _restart_of("bin/postgres -D", with_signal=signal.SIGINT),
    "Postgres killed": _restart_of("bin/postgres -D"),
    "object store gone for 20 s": _gone_for_20_s,
    "Prefect server restarted": _restart_of(*SERVER),
}


@pytest.mark.stack
@pytest.mark.parametrize("trial", TRIALS)
def test_a_part_dies_in_the_middle_of_a_load(stack: RunningStack, place: Place, trial: str) -> None:
    prefix = "".join(word.lower() for word in trial.split())
    chance = random.Random(prefix)
    files = telco(prefix, 200, chance)
    for number in range(4):
        files |= sales(f"{prefix}{number}", 60_000, chance)
    wait_until(lambda: bool(watching(stack)))
    land(stack, files)
    under_way(stack, f"{prefix}")

    TRIALS[trial](stack)

    same_as_unbroken(stack, place, prefix, files)


@pytest.mark.stack
def test_prefect_shows_no_dead_run_as_running(stack: RunningStack) -> None:
    """What the trials before left behind is Crashed, within two minutes."""

    def believed() -> set[str]:
        runs = stack.prefect(
            "/flow_runs/filter",
            {"flow_runs": {"state": {"type": {"any_": ["RUNNING", "PENDING", "CANCELLING"]}}}, "limit": 200},
        )
        return {run["id"] for run in runs}

    wait_until(lambda: believed() <= watching(stack), told=lambda: f"{believed()} but alive are {watching(stack)}")
