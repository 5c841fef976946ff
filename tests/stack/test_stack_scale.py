"""Large files on the machines of the profile `scale`: the result is the same, row for row."""

import re
import subprocess
from hashlib import sha256

from tests.failures.state import TABLES
from tests.integration.test_scaling import sales
from tests.stack.conftest import ROOT, Containers
from tests.stack.test_stack_hardening import faults, service

ROWS = 150_000
FAR, NEAR = b"D-", b"E-"
HELD_BEFORE = re.compile(r"DISCARDED\|0\|already held: line \d+ of run RUN says the same and is open\|")
"""What is said of a record without a key: both files have it, and only the first one's waits for a person."""
LENT = """
    select sum((a.counts ->> 'stretches_lent')::integer) from platform.audit_event as a
    inner join platform.file as f on f.run_id = a.run_id and f.base_name = 'far.csv'
    where a.event = 'stage_ended' and a.details ->> 'stage' = 'validate'
"""


def test_dask_machines_give_the_same_rows_as_one_machine(stack: Containers) -> None:
    far, near = sales(ROWS, 1), sales(ROWS, 1).replace(FAR, NEAR)

    stack.change(
        QUAYSIDE_DASK_ADDRESS="tcp://dask-scheduler:8786", QUAYSIDE_DASK_MIN_BYTES="1", COMPOSE_PROFILES="scale"
    )
    stack.start("--scale", "dask-worker=2", "--no-deps", "dask-scheduler", "dask-worker", "worker")
    machines = [one for one in stack.inspected() if service(one).startswith("dask-")]
    assert [(len(machines), service(one), faults(one)) for one in machines if faults(one)] == []
    assert _reaches_nothing(stack)
    _load(stack, "far.csv", far)
    stack.change(QUAYSIDE_DASK_ADDRESS="")
    stack.start_anew("worker")
    _load(stack, "near.csv", near)

    assert int(stack.sql(LENT)) > 1
    for name in ("run", "run_rule", "missing", "orders", "exception", "finding"):
        assert _rows(stack, name, "far.csv", far) == _rows(stack, name, "near.csv", near), name


def _reaches_nothing(stack: Containers) -> bool:
    """Return whether a machine knows neither the database nor the object store, nor a secret of theirs."""
    ask = (
        "import os, socket; print([n for n in os.environ if n.startswith('QUAYSIDE_S3')]); socket.getaddrinfo('{}', 1)"
    )
    told = [
        subprocess.run(
            ["docker", "compose", "exec", "-T", "dask-worker", "python", "-c", ask.format(name)],
            cwd=ROOT,
            env=stack.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        for name in ("postgres", "objects", "prefect")
    ]
    return all(one.stdout.strip() == "[]" and "gaierror" in one.stderr for one in told)


def _load(stack: Containers, name: str, content: bytes) -> None:
    stack.drop(f"sales_orders/{name}", content)
    stack.wait_for(f"select state from platform.file where base_name = '{name}'", "COMPLETED", 300)


def _rows(stack: Containers, table: str, name: str, content: bytes) -> list[str]:
    """Return the rows that came of a file, without what differs between the two by intention."""
    told = stack.sql(TABLES[table].replace("%(names)s", f"'{name}'"))
    for one, same in ((name, "FILE"), (sha256(content).hexdigest(), "SHA"), (NEAR.decode(), FAR.decode())):
        told = told.replace(one, same)
    return sorted(HELD_BEFORE.sub("OPEN|0||", told).splitlines())
