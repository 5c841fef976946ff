"""A large file through the dashboard into the bucket, and the memory of the dashboard's process meanwhile."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

from flows.adapters.object_store import ObjectStore
from flows.adapters.warehouse import Warehouse
from flows.datasets import datasets
from flows.resources import Resources
from flows.settings import Settings
from tests.benchmarks.memory import forget_peak, peak_mb
from tests.benchmarks.sessions import Line, tell
from tests.conftest import Place
from tests.dashboard.conftest import Dashboard, start_dashboard

BLOCK = b"A1,2026-01-31,North,Milk 1L,1,5\n" * 2048


def upload(settings: Settings, folder: Path, megabytes: int) -> list[Line]:
    """Announce and send one file of about so many megabytes."""
    parts = Resources(
        settings=settings, warehouse=Warehouse(settings), store=ObjectStore(settings), datasets=datasets()
    )
    folder.mkdir(exist_ok=True)
    dashboard = start_dashboard(Place(parts, folder), folder)
    try:
        blocks = megabytes * 1_000_000 // len(BLOCK)
        seconds, growth_mb = _sent(dashboard, blocks)
    finally:
        dashboard.process.terminate()
        dashboard.process.wait(20)
        parts.warehouse.close()
    sent_mb = blocks * len(BLOCK) / 1e6
    tell("upload", sent_mb, "MB", seconds, "s, memory grew by", growth_mb, "MB")
    speed = f"{sent_mb / seconds:.0f} MB/s"
    return [
        (f"{sent_mb:.0f} MB through the dashboard into the bucket", f"{seconds:.1f} s", speed, f"+{growth_mb:.0f} MB")
    ]


def _sent(dashboard: Dashboard, blocks: int) -> tuple[float, float]:
    """Return the seconds of one upload, and the peak memory of the dashboard above what it had before, in MB."""
    headers = {"Cookie": dashboard.cookie("editor"), "Origin": dashboard.url}
    size = blocks * len(BLOCK)
    announced = {"files": [{"name": "large.csv", "dataset": "sales_orders", "size": size}]}
    answer = dashboard.http("POST", "/upload/begin", body=json.dumps(announced), headers=headers)
    path = f"/upload/file/{answer.json()['files'][0]['upload_id']}"
    process = dashboard.process.pid
    forget_peak(process)
    before_mb, begun = peak_mb(process), time.perf_counter()
    sent = dashboard.http("PUT", path, body=_blocks(blocks), headers={**headers, "Content-Length": str(size)})
    assert sent.status == 200, sent.data
    return time.perf_counter() - begun, peak_mb(process) - before_mb


def _blocks(number: int) -> Iterator[bytes]:
    for _ in range(number):
        yield BLOCK
