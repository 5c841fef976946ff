"""What people do, measured on a mart that holds ten million rows; and many files with one worker and with four."""

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from flows.adapters.object_store import ObjectStore
from flows.adapters.warehouse import Warehouse
from flows.datasets import datasets
from flows.resources import Resources
from flows.services import accounts, corrections, repairs
from flows.services.accounts import SignedIn
from flows.services.corrections import Edit
from flows.services.repairs import Act, Fix
from flows.settings import Settings
from tests.benchmarks.files import write_orders

FILES = 200
ROWS_OF_FILE = 5_000
RELEASED = 10_000


def signed_in(warehouse: Warehouse) -> SignedIn:
    """Return the first admin of a fresh installation."""
    password = accounts.make_first_admin(warehouse)
    assert password is not None
    return accounts.sign_in(warehouse, accounts.FIRST_ADMIN, password)


def correction_ms(settings: Settings, repeats: int = 50) -> float:
    """Return the median time of one corrected cell, everything derived included, in milliseconds."""
    warehouse, dataset = Warehouse(settings), datasets()["sales_orders"]
    actor = signed_in(warehouse)
    rows = warehouse.rows(
        """
        select order_id, revenue_inr::text as revenue from sales_orders.orders tablesample system (0.05)
        order by random() limit %(n)s
        """,
        n=repeats,
    )
    seconds = []
    for row in rows:
        edit = Edit(row=row["order_id"], column="revenue", text="123.45", seen=row["revenue"])
        begun = time.perf_counter()
        corrections.correct(warehouse, actor, dataset, [edit])
        seconds.append(time.perf_counter() - begun)
    warehouse.close()
    return statistics.median(seconds) * 1000


def release_s(settings: Settings) -> float:
    """Return the seconds in which 10,000 held rows of one file are corrected and released in one action."""
    warehouse = Warehouse(settings)
    parts = Resources(settings=settings, warehouse=warehouse, store=ObjectStore(settings), datasets=datasets())
    held = warehouse.rows("select exception_id from platform.exception where state = 'OPEN' limit %(n)s", n=RELEASED)
    fixes = [Fix(exception_id=row["exception_id"], cells={"region": "North"}) for row in held]
    actor = signed_in(warehouse)
    begun = time.perf_counter()
    results = repairs.release(warehouse, actor, parts.datasets, fixes)
    seconds = time.perf_counter() - begun
    assert sum(result.act is Act.RELEASED for result in results) == RELEASED
    warehouse.close()
    return seconds


def many_files_s(settings: Settings, folder: Path, workers: int) -> float:
    """Return the seconds in which so many workers load 200 files of 5,000 rows, from the start of their processes."""
    store = ObjectStore(settings)
    for number in range(FILES):
        path = write_orders(
            folder / f"many-{number}.csv", ROWS_OF_FILE, is_random=False, seed=1_000 + number, shares={}
        )
        store.land(path, f"sales_orders/{path.name}", {})
    begun = time.perf_counter()
    running = [start_loader(settings, folder) for _ in range(workers)]
    for process in running:
        assert process.wait(1_800) == 0
    seconds = time.perf_counter() - begun
    warehouse = Warehouse(settings)
    loaded: Any = warehouse.rows("select count(*) as n from sales_orders.orders")[0]["n"]
    assert loaded == FILES * ROWS_OF_FILE
    warehouse.close()
    return seconds


def start_loader(settings: Settings, folder: Path) -> subprocess.Popen[bytes]:
    """Start a worker without Prefect."""
    environment = {
        f"QUAYSIDE_{name.upper()}": str(value.get_secret_value() if isinstance(value, SecretStr) else value)
        for name, value in settings
    }
    return subprocess.Popen(
        [sys.executable, "-m", "tests.failures.loader"],
        env={**os.environ, **environment, "QUAYSIDE_HOME": str(folder / "none")},
        stdout=subprocess.DEVNULL,
    )
