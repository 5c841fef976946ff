"""`make bench`: the figures of the README, as ratios from one run on one server; medians of several."""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import psycopg
from psycopg import sql
from pydantic import SecretStr
from sqlalchemy.engine import make_url

from flows.adapters.object_store import ObjectStore
from flows.adapters.warehouse import Warehouse
from flows.datasets import datasets
from flows.settings import Settings
from infra.embedded.stack import Stack
from tests.benchmarks.files import write_orders
from tests.benchmarks.large_mart import large_mart
from tests.benchmarks.sessions import sessions
from tests.benchmarks.trust import correction_ms, many_files_s, release_s
from tests.benchmarks.upload import upload

MART = "sales_orders.orders"
PARTS = ("loading", "large", "latency", "full", "people", "files", "rivals", "sessions", "dashboard", "upload")
COLUMNS = (
    "order_id, ordered_on, region, product, quantity, revenue_inr, unit_revenue_inr, extra, run_id, line, byte_start, "
    "byte_length"
)


class Bench:
    """One server on which everything is measured, and a database and buckets of its own for each measurement."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.settings = settings
        self.folder = folder
        self._numbers = count(1)
        admin = json.loads((folder / "stack" / "credentials.json").read_text())["postgres"]
        port = make_url(settings.database_url.get_secret_value()).port
        self._admin = f"postgresql://postgres:{admin}@127.0.0.1:{port}/postgres"

    @contextmanager
    def place(self, template: str = "quayside") -> Iterator[Settings]:
        """Yield settings of an empty installation, removed at the end."""
        name = f"bench_{next(self._numbers)}"
        url = make_url(self.settings.database_url.get_secret_value()).set(database=name)
        with psycopg.connect(self._admin, autocommit=True) as connection:
            connection.execute(
                sql.SQL("create database {} template {} owner quayside").format(
                    sql.Identifier(name), sql.Identifier(template)
                )
            )
            connection.execute("checkpoint")
        settings = self.settings.model_copy(
            update={
                "database_url": SecretStr(url.render_as_string(hide_password=False)),
                "landing_bucket": f"landing-{name.replace('_', '-')}",
                "archive_bucket": f"archive-{name.replace('_', '-')}",
            }
        )
        ObjectStore(settings).make_buckets()
        try:
            yield settings
        finally:
            with psycopg.connect(self._admin, autocommit=True) as connection:
                connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))

    def name_of(self, settings: Settings) -> str:
        """Return the database of an installation."""
        return str(make_url(settings.database_url.get_secret_value()).database)

    def rest(self, settings: Settings) -> None:
        """Let the server finish what a large load left to do, as it has by the time of the next one."""
        with psycopg.connect(settings.database_url.get_secret_value(), autocommit=True) as connection:
            connection.execute("select platform.fold_dataset('sales_orders')")
            connection.execute("vacuum analyze sales_orders.orders")

    def load(self, settings: Settings, path: Path) -> dict[str, object]:
        """Load a file that lies in the bucket, in a process of its own."""
        ObjectStore(settings).land(path, f"sales_orders/{path.name}", {})
        environment = {
            f"QUAYSIDE_{name.upper()}": str(value.get_secret_value() if isinstance(value, SecretStr) else value)
            for name, value in settings
        }
        done = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.load_once"],
            env={**os.environ, **environment, "QUAYSIDE_HOME": str(self.folder / "none")},
            capture_output=True,
            text=True,
            check=True,
        )
        return dict(json.loads(done.stdout))

    def copy(self, settings: Settings, rows: Path, *, is_keyed: bool) -> float:
        """Return the seconds of a COPY of clean, typed rows into an empty copy of the mart."""
        with psycopg.connect(settings.database_url.get_secret_value()) as connection:
            keys = b"including all" if is_keyed else b""
            connection.execute(b"drop table if exists floor")
            connection.execute(b"create table floor (like %b %b)" % (MART.encode(), keys))
            connection.commit()
            begun = time.perf_counter()
            with (
                rows.open("rb") as source,
                connection.cursor().copy(f"copy floor ({COLUMNS}) from stdin (format csv)".encode()) as copy,
            ):
                while block := source.read(1 << 20):
                    copy.write(block)
            connection.commit()
            return time.perf_counter() - begun


def clean_rows(settings: Settings, target: Path) -> Path:
    """Write the rows that a load left in the mart, in the order of the file."""
    warehouse = Warehouse(settings)
    with (
        warehouse.transaction() as connection,
        target.open("wb") as output,
        connection.cursor().copy(
            f"copy (select {COLUMNS} from {MART} order by line) to stdout (format csv)".encode()
        ) as copy,
    ):
        for block in copy:
            output.write(block)
    warehouse.close()
    return target


def loading(bench: Bench, rows: int, repeats: int) -> list[tuple[str, ...]]:
    """Measure loads against the floor F and raw COPY, ids in random and in file order."""
    lines: list[tuple[str, ...]] = []
    for is_random in (True, False):
        order = "random order" if is_random else "file order"
        path = write_orders(
            bench.folder / f"orders-{rows}-{'random' if is_random else 'file'}.csv", rows, is_random=is_random
        )
        loads, floors, raws = [], [], []
        for _ in range(repeats):
            with bench.place() as settings:
                loads.append(bench.load(settings, path))
                print(order, loads[-1], file=sys.stderr, flush=True)
                clean = clean_rows(settings, bench.folder / "clean.csv")
            with bench.place() as settings:
                floors.append(bench.copy(settings, clean, is_keyed=True))
                raws.append(bench.copy(settings, clean, is_keyed=False))
            print(order, "F", floors[-1], "raw", raws[-1], file=sys.stderr, flush=True)
        load_s, floor_s, raw_s = (
            statistics.median(values) for values in ([float(str(one["seconds"])) for one in loads], floors, raws)
        )
        ratio = statistics.median(
            float(str(load["seconds"])) / floor for load, floor in zip(loads, floors, strict=True)
        )
        peak = max(float(str(one["peak_mb"])) for one in loads)
        lines += [
            (f"raw COPY without keys, {rows:,} rows, {order}", f"{raw_s:.1f} s", f"{raw_s / floor_s:.2f} × F", ""),
            (f"F: COPY into the keyed mart, {order}", f"{floor_s:.1f} s", "1.00 × F", ""),
            (f"load from bucket to commit, {order}", f"{load_s:.1f} s", f"{ratio:.2f} × F", f"{peak:.0f} MB"),
        ]
    return lines


def large(bench: Bench, rows: int) -> list[tuple[str, ...]]:
    """Measure the memory of a large load."""
    path = write_orders(bench.folder / f"orders-{rows}-file.csv", rows, is_random=False)
    with bench.place() as settings:
        told = bench.load(settings, path)
    print(told, file=sys.stderr, flush=True)
    return [
        (
            f"load of {rows:,} rows, file order",
            f"{float(str(told['seconds'])):.0f} s",
            "",
            f"{float(str(told['peak_mb'])):.0f} MB",
        )
    ]


def latency(home: Path, repeats: int) -> list[tuple[str, ...]]:
    """Measure 5,000 rows from the put to the marts through the running stack, Prefect included."""
    stack = Stack(home, tell=lambda text: print(text, file=sys.stderr, flush=True))
    settings = stack.start()
    seconds = []
    try:
        warehouse, store = Warehouse(settings), ObjectStore(settings)
        _wait_for(warehouse, "select count(*) as n from platform.watcher", 1)
        for number in range(repeats + 1):
            path = write_orders(home / f"latency-{number}.csv", 5_000, is_random=True, seed=100 + number, shares={})
            before = warehouse.rows("select count(*) as n from sales_orders.orders")[0]["n"]
            begun = time.perf_counter()
            store.land(path, f"sales_orders/{path.name}", {})
            _wait_for(warehouse, "select count(*) as n from sales_orders.orders", before + 5_000)
            seconds.append(time.perf_counter() - begun)
        warehouse.close()
    finally:
        stack.stop()
    print("latency", seconds, file=sys.stderr, flush=True)
    return [
        ("5,000 rows from put to visible, running stack, median", f"{statistics.median(seconds[1:]):.1f} s", "", "")
    ]


def into_full_mart(bench: Bench, rows: int, full_rows: int, repeats: int) -> list[tuple[str, ...]]:
    """Measure loads into a mart that holds many rows, beside an empty one; a correction there; and a release.

    Args:
        repeats: Loads of each kind; 0 for what people do alone.
    """
    lines: list[tuple[str, ...]] = []
    filling = write_orders(bench.folder / f"orders-{full_rows}-filling.csv", full_rows, is_random=False, seed=77)
    with bench.place() as full:
        print("filling", bench.load(full, filling), file=sys.stderr, flush=True)
        bench.rest(full)
        for is_random in (True, False) if repeats else ():
            order = "random order" if is_random else "file order"
            path = bench.folder / f"orders-{rows}-{'random' if is_random else 'file'}.csv"
            path = write_orders(path, rows, is_random=is_random)
            empty_s, full_s = [], []
            for _ in range(repeats):
                with bench.place() as settings:
                    empty_s.append(float(str(bench.load(settings, path)["seconds"])))
                with bench.place(bench.name_of(full)) as settings:
                    full_s.append(float(str(bench.load(settings, path)["seconds"])))
                print(order, "empty", empty_s[-1], "full", full_s[-1], file=sys.stderr, flush=True)
            ratio = statistics.median(one / other for one, other in zip(full_s, empty_s, strict=True))
            lines.append(
                (
                    f"load of {rows:,} rows into a mart with {full_rows:,}, {order}",
                    f"{statistics.median(full_s):.1f} s",
                    f"{ratio:.2f} × empty mart",
                    "",
                )
            )
        with bench.place(bench.name_of(full)) as settings:
            lines.append(
                (f"a corrected cell, mart with {full_rows:,} rows, median", f"{correction_ms(settings):.0f} ms", "", "")
            )
    shares = {"region_present": 0.0125}
    held = write_orders(bench.folder / "held.csv", 1_000_000, is_random=False, seed=78, shares=shares)
    with bench.place() as settings:
        bench.load(settings, held)
        lines.append(("10,000 held rows corrected and released in one action", f"{release_s(settings):.1f} s", "", ""))
    return lines


def dashboard(bench: Bench, full_rows: int) -> list[tuple[str, ...]]:
    """Measure the dashboard over a mart that holds many rows."""
    filling = write_orders(bench.folder / f"orders-{full_rows}-filling.csv", full_rows, is_random=False, seed=77)
    with bench.place() as full:
        print("filling", bench.load(full, filling), file=sys.stderr, flush=True)
        bench.rest(full)
        return large_mart(full, bench.folder / "dashboard")


def many_files(bench: Bench) -> list[tuple[str, ...]]:
    """Measure 200 files of 5,000 rows with one worker and with four."""
    seconds = {}
    for workers in (1, 4):
        with bench.place() as settings:
            seconds[workers] = many_files_s(settings, bench.folder, workers)
            print(workers, "workers", seconds[workers], file=sys.stderr, flush=True)
    return [
        ("200 files of 5,000 rows, one worker", f"{seconds[1]:.0f} s", "1.00", ""),
        ("200 files of 5,000 rows, four workers", f"{seconds[4]:.0f} s", f"{seconds[4] / seconds[1]:.2f}", ""),
    ]


def rivals(bench: Bench, rows: int) -> list[tuple[str, ...]]:
    """Measure the same file with pandas.to_sql and with dlt, beside ours."""
    path = write_orders(bench.folder / f"orders-{rows}-file.csv", rows, is_random=False)
    with bench.place() as settings:
        ours = float(str(bench.load(settings, path)["seconds"]))
    lines: list[tuple[str, ...]] = []
    for way, told in (("pandas", "pandas.to_sql"), ("dlt", "dlt")):
        with bench.place() as settings:
            url = settings.database_url.get_secret_value()
            done = subprocess.run(
                [sys.executable, "-m", "tests.benchmarks.rivals", way, str(path), url],
                env={**os.environ, "DLT_DATA_DIR": str(bench.folder / "dlt"), "RUNTIME__DLTHUB_TELEMETRY": "false"},
                capture_output=True,
                text=True,
                check=True,
            )
        found = json.loads(done.stdout.strip().splitlines()[-1])
        print(way, found, file=sys.stderr, flush=True)
        lines.append(
            (
                f"the same {rows:,} rows with {told}: nothing judged, nothing held",
                f"{found['seconds']:.1f} s",
                f"{found['seconds'] / ours:.2f} × ours",
                f"{found['peak_mb']:.0f} MB",
            )
        )
    return lines


def _wait_for(warehouse: Warehouse, query: str, wanted: int, timeout_s: float = 120) -> None:
    until = time.monotonic() + timeout_s
    while warehouse.rows(query)[0]["n"] < wanted:
        if time.monotonic() > until:
            raise TimeoutError(query)
        time.sleep(0.02)


def main() -> None:
    """Measure and print a table in Markdown."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--large-rows", type=int, default=10_000_000)
    parser.add_argument("--upload-megabytes", type=int, default=500)
    parser.add_argument("--only", choices=PARTS)
    options = parser.parse_args()
    assert datasets()
    with tempfile.TemporaryDirectory(prefix="quayside-bench-", dir=os.environ.get("QUAYSIDE_BENCH_DIR")) as name:
        folder = Path(name)
        lines: list[tuple[str, ...]] = []
        if options.only != "latency":
            stack = Stack(folder / "stack", tell=lambda text: print(text, file=sys.stderr, flush=True))
            settings = stack.start(with_prefect=False)
            try:
                bench = Bench(settings, folder)
                if options.only in (None, "loading"):
                    lines += loading(bench, options.rows, options.repeats)
                if options.only in (None, "large"):
                    lines += large(bench, options.large_rows)
                if options.only in (None, "full", "people"):
                    repeats = 0 if options.only == "people" else min(options.repeats, 3)
                    lines += into_full_mart(bench, options.rows, options.large_rows, repeats)
                if options.only in (None, "files"):
                    lines += many_files(bench)
                if options.only in (None, "rivals"):
                    lines += rivals(bench, options.rows)
                if options.only in (None, "sessions"):
                    with bench.place() as place:
                        lines += sessions(place, folder / "sessions")
                if options.only in (None, "dashboard"):
                    lines += dashboard(bench, options.large_rows)
                if options.only in (None, "upload"):
                    with bench.place() as place:
                        lines += upload(place, folder / "upload", options.upload_megabytes)
            finally:
                stack.stop()
        if options.only in (None, "latency"):
            lines += latency(folder / "running", 9)
    print(f"\n{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, Python {platform.python_version()}\n")
    print("| what | median | ratio | peak memory |\n|---|---:|---:|---:|")
    for line in lines:
        print("| " + " | ".join(line) + " |")


if __name__ == "__main__":
    main()
