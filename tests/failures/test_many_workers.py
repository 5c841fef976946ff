"""Many processes at once on one ledger: each object is loaded once, common keys end as if loaded one by one."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from pydantic import SecretStr

from flows.services import comparing, queries
from tests.conftest import Place
from tests.failures.state import differences, final_state

HEADER = "order_id,order_date,region,product,quantity,revenue\n"


def start_loader(place: Place, *options: str, **variables: str) -> subprocess.Popen[str]:
    """Start a worker of its own on this installation."""
    settings = {
        f"QUAYSIDE_{name.upper()}": str(value.get_secret_value() if isinstance(value, SecretStr) else value)
        for name, value in place.parts.settings
    }
    return subprocess.Popen(
        [sys.executable, "-m", "tests.failures.loader", *options],
        env={**os.environ, **settings, "QUAYSIDE_HOME": str(place.folder / "none"), **variables},
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def ended(process: subprocess.Popen[str], timeout_s: float = 180) -> str:
    """Return what a worker said, once it has ended well."""
    told, _ = process.communicate(timeout=timeout_s)
    assert process.returncode == 0, told
    return told


def rows(prefix: str, count: int, revenue: int = 5) -> str:
    return "".join(f"{prefix}{number},2026-01-31,North,Milk 1L,1,{revenue}\n" for number in range(count))


def test_ten_concurrent_pickups_of_200_objects_load_each_once(place: Place) -> None:
    for number in range(200):
        place.put_by_hand(f"sales_orders/{number}.csv", (HEADER + rows(f"F{number}-", 5)).encode())

    told = [ended(process) for process in [start_loader(place) for _ in range(10)]]

    loaded = [line for text in told for line in text.splitlines()]
    assert len(loaded) == len(set(loaded)) == 200
    assert all(line.endswith("COMPLETED") for line in loaded)
    assert place.one("select count(*) from sales_orders.orders") == 1000
    assert place.one("select count(*) from platform.file") == 200
    batches = [row["number"] for row in place.rows("select number from platform.batch order by number")]
    assert batches == list(range(1, len(batches) + 1))
    assert place.one("select count(*) from platform.run") == 200


def test_four_workers_with_common_keys_end_as_if_one_file_came_after_the_other(place: Place) -> None:
    seed = int(os.environ.get("QUAYSIDE_SEED", "7"))
    print(f"seed {seed}")
    chance = random.Random(seed)
    keys = [f"K{number}" for number in range(400)]
    for number in range(24):
        lines = [f"{key},2026-01-31,North,Milk 1L,1,{chance.randint(1, 3)}\n" for key in chance.sample(keys, 150)]
        place.put_by_hand(f"sales_orders/{number}.csv", (HEADER + rows(f"O{number}-", 400) + "".join(lines)).encode())

    for process in [start_loader(place, "--at-once", "1") for _ in range(4)]:
        ended(process)

    assert place.one("select count(*) from platform.run where state = 'COMPLETED'") == 24
    assert place.one("select count(distinct order_id) from sales_orders.orders where order_id like 'K%%'") == place.one(
        "select count(*) from sales_orders.orders where order_id like 'K%%'"
    )
    parts, editor = place.parts, place.sign_in("editor")
    for row in queries.completed_runs(parts.warehouse):
        again = comparing.replay(
            parts.warehouse, parts.store, editor, parts.datasets, row["run_id"], place.folder / "scratch"
        )
        assert again.differences == []
    assert place.one("select sum(revenue_inr) from sales_orders.orders") == place.one(
        "select revenue_inr from sales_orders.figures"
    )


def test_a_late_owner_that_wakes_up_is_refused_by_the_fence(place: Place) -> None:
    place.parts.settings.lease_s = 2
    place.put_by_hand("sales_orders/a.csv", (HEADER + rows("A", 100)).encode())
    late = start_loader(place, "--pause-at", "publish", NO_RENEWAL="yes")
    assert late.stdout is not None
    assert late.stdout.readline().strip() == "PAUSED"
    time.sleep(2.5)  # the lease has to run out

    assert ended(start_loader(place)) == "1 COMPLETED\n"
    state = final_state(place.parts.settings.database_url.get_secret_value())
    late.send_signal(signal.SIGCONT)

    assert "FENCE" in ended(late)
    assert differences(state, final_state(place.parts.settings.database_url.get_secret_value())) == {}
    assert place.one("select count(*) from sales_orders.orders") == 100
