"""Large files on the machines of the profile `scale`: the result is the same, row for row."""

from hashlib import sha256

from tests.failures.state import TABLES
from tests.integration.test_scaling import sales
from tests.stack.conftest import Containers

ROWS = 250_000
FAR, NEAR = b"D-", b"E-"
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
    _load(stack, "far.csv", far)
    stack.change(QUAYSIDE_DASK_ADDRESS="")
    stack.start_anew("worker")
    _load(stack, "near.csv", near)

    assert int(stack.sql(LENT)) > 1
    for name in ("run", "run_rule", "orders", "exception", "finding"):
        assert _rows(stack, name, "far.csv", far) == _rows(stack, name, "near.csv", near), name


def _load(stack: Containers, name: str, content: bytes) -> None:
    stack.drop(f"sales_orders/{name}", content)
    stack.wait_for(f"select state from platform.file where base_name = '{name}'", "COMPLETED", 300)


def _rows(stack: Containers, table: str, name: str, content: bytes) -> list[str]:
    """Return the rows that came of a file, without what differs between the two by intention."""
    told = stack.sql(TABLES[table].replace("%(names)s", f"'{name}'"))
    for one, same in ((name, "FILE"), (sha256(content).hexdigest(), "SHA"), (NEAR.decode(), FAR.decode())):
        told = told.replace(one, same)
    return sorted(told.splitlines())
