"""`python -m tests.benchmarks.upload`: a large file through the dashboard into the bucket, and its memory meanwhile."""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flows.adapters.object_store import ObjectStore
from flows.adapters.warehouse import Warehouse
from flows.datasets import datasets
from flows.resources import Resources
from infra.embedded.stack import Stack
from tests.benchmarks.memory import forget_peak, peak_mb
from tests.conftest import Place
from tests.dashboard.conftest import Dashboard, start_dashboard

BLOCK = b"A1,2026-01-31,North,Milk 1L,1,5\n" * 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class Uploaded:
    """What one upload took.

    Attributes:
        growth_mb: Peak memory of the dashboard above what it had before.
    """

    megabytes: float
    seconds: float
    growth_mb: float


def upload(dashboard: Dashboard, megabytes: int) -> Uploaded:
    """Announce and send one file and measure the process of the dashboard."""
    cookie = dashboard.cookie("editor")
    headers = {"Cookie": cookie, "Origin": dashboard.url}
    blocks = megabytes * 1_000_000 // len(BLOCK)
    size = blocks * len(BLOCK)
    announced = {"files": [{"name": "large.csv", "dataset": "sales_orders", "size": size}]}
    answer = dashboard.http("POST", "/upload/begin", body=json.dumps(announced), headers=headers)
    path = f"/upload/file/{answer.json()['files'][0]['upload_id']}"
    process = dashboard.process.pid
    forget_peak(process)
    before_mb, begun = peak_mb(process), time.perf_counter()
    sent = dashboard.http("PUT", path, body=_blocks(blocks), headers={**headers, "Content-Length": str(size)})
    assert sent.status == 200, sent.data
    return Uploaded(megabytes=size / 1e6, seconds=time.perf_counter() - begun, growth_mb=peak_mb(process) - before_mb)


def _blocks(number: int) -> Iterator[bytes]:
    for _ in range(number):
        yield BLOCK


def main() -> None:
    """Measure and print one line of a table in Markdown."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--megabytes", type=int, default=500)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="quayside-bench-") as name:
        folder = Path(name)
        stack = Stack(folder / "stack", tell=lambda text: print(text, file=sys.stderr, flush=True))
        settings = stack.start(with_prefect=False)
        try:
            parts = Resources(
                settings=settings, warehouse=Warehouse(settings), store=ObjectStore(settings), datasets=datasets()
            )
            dashboard = start_dashboard(Place(parts, folder), folder)
            try:
                done = upload(dashboard, options.megabytes)
            finally:
                dashboard.process.terminate()
                dashboard.process.wait(20)
        finally:
            stack.stop()
    cells = (f"upload of {done.megabytes:.0f} MB", f"{done.seconds:.1f} s", "", f"+{done.growth_mb:.0f} MB")
    print(f"| {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
