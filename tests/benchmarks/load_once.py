"""Loads everything that waits, without Prefect, and prints seconds and peak memory: one process each time."""

import json
import os
import sys
import time
from uuid import uuid4

from flows.adapters import ledger
from flows.resources import resources
from flows.services import running
from flows.services.landing import Scanner
from infra.worker import NICENESS
from tests.benchmarks.memory import peak_mb


def main() -> None:
    """Print one JSON line: seconds from the claim to the commit, peak memory in MB, seconds of each stage."""
    os.nice(NICENESS)
    parts = resources()
    Scanner(parts.settings, parts.warehouse, parts.store, parts.datasets).scan()
    before_mb = peak_mb()
    begun = time.perf_counter()
    loads = [
        running.begin(parts, claimed, uuid4())
        for claimed in ledger.claim(parts.warehouse, limit=1000, lease_s=3600, max_attempts=5)
    ]
    outcomes = [running.run_file(load) for load in loads]
    seconds = time.perf_counter() - begun
    stages = parts.warehouse.rows(
        """
        select details ->> 'stage' as stage, extract(epoch from max(occurred_at) - min(occurred_at))::float as seconds
        from platform.audit_event where run_id = %(run_id)s and details ? 'stage' group by 1 order by min(event_id)
        """,
        run_id=loads[-1].run_id,
    )
    told = {
        "seconds": seconds,
        "peak_mb": peak_mb(),
        "before_mb": before_mb,
        "states": [outcome.state for outcome in outcomes],
        "rows_read": sum(outcome.rows_read for outcome in outcomes),
        "rows_loaded": sum(outcome.rows_loaded for outcome in outcomes),
        "stages": {row["stage"]: round(row["seconds"], 2) for row in stages},
    }
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main()
