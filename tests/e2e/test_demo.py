"""The whole stack as a newcomer starts it: `quayside demo`, an ordinary S3 client, Ctrl-C, and the start after it."""

import json
import os
import signal
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
import urllib3

from tests.conftest import SHARED_DATA, s3_client

QUAYSIDE = str(Path(sys.executable).parent / "quayside")
GOOD = b"order_id,order_date,region,product,quantity,revenue\nE2E-1,2026-01-31,North,Milk 1L,4,260.74\n"


class Demo:
    """`quayside demo` in a folder of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.environment = {**os.environ, "QUAYSIDE_HOME": str(home)}
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> str:
        """Start it, wait until it stays up, and return what it said."""
        self.process = subprocess.Popen(
            [QUAYSIDE, "demo"],
            env=self.environment,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
            preexec_fn=_ignore_interrupts,  # noqa: PLW1509  # no thread runs here
        )
        assert self.process.stdout is not None
        told = []
        for line in self.process.stdout:
            told.append(line)
            if "Ctrl-C" in line:
                return "".join(told)
        raise AssertionError("".join(told))

    def stop(self) -> int:
        """Press Ctrl-C and return the exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(60)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code

    def run(self, *command: str) -> Any:
        """Return what a command says as JSON."""
        done = subprocess.run(
            [QUAYSIDE, *command, "--json"],
            env=self.environment,
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        )
        return json.loads(done.stdout)

    def settings(self) -> dict[str, str]:
        lines = (self.home / "stack.env").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.settings()["QUAYSIDE_DATABASE_URL"]) as connection:
            return connection.execute(query.encode()).fetchall()

    def prefect(self, path: str, body: dict[str, Any]) -> Any:
        settings = self.settings()
        token = b64encode(settings["QUAYSIDE_PREFECT_AUTH"].encode()).decode()
        return urllib3.request(
            "POST",
            settings["QUAYSIDE_PREFECT_API_URL"] + path,
            json=body,
            headers={"Authorization": f"Basic {token}"},
        ).json()

    def put(self, key: str, content: bytes) -> None:
        settings = self.settings()
        client = s3_client(
            settings["QUAYSIDE_S3_ENDPOINT"], settings["QUAYSIDE_S3_ACCESS_KEY"], settings["QUAYSIDE_S3_SECRET_KEY"]
        )
        client.put_object(Bucket="landing", Key=key, Body=content)

    def processes(self) -> list[int]:
        """Return the processes that know this home folder."""
        found = []
        for process in psutil.process_iter(["cmdline", "environ"]):
            told = [*(process.info["cmdline"] or []), (process.info["environ"] or {}).get("QUAYSIDE_HOME", "")]
            if any(str(self.home) in part for part in told) and process.pid != os.getpid():
                found.append(process.pid)
        return found


def _ignore_interrupts() -> None:
    """Be started as a shell starts a background job."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    demo = Demo(tmp_path_factory.mktemp("demo") / "home")
    try:
        yield demo
    finally:
        if demo.process is not None and demo.process.poll() is None:
            demo.stop()


def wait_for(demo: Demo, query: str, wanted: object, timeout_s: float = 60) -> None:
    until = time.monotonic() + timeout_s
    while (found := demo.rows(query)) != [(wanted,)]:
        assert time.monotonic() < until, f"{query}: {found} instead of {wanted}"
        time.sleep(0.1)


@pytest.mark.stack
def test_the_demo_from_its_first_start_to_the_start_after_a_crash(demo: Demo) -> None:
    told = demo.start()

    assert told.count("COMPLETED") == 9
    assert demo.rows("select count(*) from platform.file where state = 'COMPLETED'") == [(9,)]
    broken = {row[0] for row in demo.rows("select rule from platform.run_rule group by rule having sum(failed) = 0")}
    assert broken == set()
    assert (demo.home / "credentials.json").stat().st_mode & 0o077 == 0
    assert (demo.home / "stack.env").stat().st_mode & 0o077 == 0

    _an_ordinary_s3_client_is_served(demo)
    _prefect_shows_the_runs(demo)
    _the_commands_answer(demo)
    rows = demo.rows("select count(*) from sales_orders.orders")

    assert demo.stop() == 0
    assert demo.processes() == []

    assert "dropped before" in demo.start()
    assert demo.rows("select count(*) from sales_orders.orders") == rows

    _everything_is_killed(demo)
    demo.start()
    assert demo.rows("select count(*) from sales_orders.orders") == rows
    demo.put("sales_orders/after the crash.csv", GOOD.replace(b"E2E-1", b"E2E-2"))
    wait_for(demo, "select count(*) from sales_orders.orders where order_id = 'E2E-2'", 1)
    assert demo.stop() == 0
    assert demo.processes() == []


def _an_ordinary_s3_client_is_served(demo: Demo) -> None:
    demo.put("sales_orders/by hand.csv", GOOD)
    wait_for(demo, "select count(*) from sales_orders.orders where order_id = 'E2E-1'", 1)
    demo.put("sales_orders/empty.csv", b"")
    wait_for(demo, "select state from platform.file where base_name = 'empty.csv'", "REJECTED")


def _prefect_shows_the_runs(demo: Demo) -> None:
    wait_for(demo, "select count(*) from platform.file where state = 'RUNNING'", 0)
    runs = demo.prefect("/flow_runs/filter", {"flows": {"name": {"any_": ["ingest"]}}, "limit": 50})
    ours = {str(row[0]): row[1] for row in demo.rows("select run_id, name from platform.run")}
    assert {run["id"]: run["name"] for run in runs} == ours
    done = next(run for run in runs if run["name"].startswith("by hand.csv"))
    tasks = demo.prefect("/task_runs/filter", {"flow_runs": {"id": {"any_": [done["id"]]}}})
    stages = {task["name"].rsplit("-", 1)[0] for task in tasks}
    assert stages == {"register", "validate", "exceptions", "transform", "publish", "audit"}
    artifacts = demo.prefect("/artifacts/filter", {"flow_runs": {"id": {"any_": [done["id"]]}}})
    assert len(artifacts) == 1
    assert "| loaded | 1 |" in artifacts[0]["data"]
    deployments = demo.prefect("/deployments/filter", {})
    assert {deployment["name"] for deployment in deployments} == {"pickup", "ingest"}
    assert all(deployment["description"] for deployment in deployments)


def _the_commands_answer(demo: Demo) -> None:
    assert demo.run("status")["files"]
    run = demo.run("runs", "--state", "COMPLETED", "--limit", "1")[0]["run_id"]
    assert demo.run("show", run[:8])["controls"]
    assert len(demo.run("exceptions", "--category", "MISSING_REQUIRED_FIELD", "--limit", "3")) == 3
    assert demo.run("lineage", "sales_orders", "E2E-1")["raw_line"] == "E2E-1,2026-01-31,North,Milk 1L,4,260.74"
    assert demo.run("migrate") == {"applied": []}
    target = demo.home / "export.csv"
    assert demo.run("export", "sales_orders", "-o", str(target))["rows"] == len(target.read_text().splitlines()) - 1
    if SHARED_DATA.exists():
        real = str(SHARED_DATA / "sales_orders" / "sales_data.csv")
        landed = demo.run("land", real, "--wait")
        assert [file["state"] for file in landed["files"]] == ["COMPLETED"]


def _everything_is_killed(demo: Demo) -> None:
    """End every process of the stack at once, as a power cut would."""
    assert demo.process is not None
    for pid in [demo.process.pid, *demo.processes()]:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    demo.process.wait(10)
    assert demo.process.stdout is not None
    demo.process.stdout.close()


def test_a_users_mistake_is_one_line_without_a_traceback(tmp_path: Path) -> None:
    done = subprocess.run(
        [QUAYSIDE, "status"],
        env={**os.environ, "QUAYSIDE_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "quayside up" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "command",
    [
        "",
        "up",
        "demo",
        "worker",
        "migrate",
        "status",
        "land",
        "runs",
        "show",
        "exceptions",
        "export",
        "lineage",
        "sample",
    ],
)
def test_every_command_has_help(command: str) -> None:
    done = subprocess.run([QUAYSIDE, *command.split(), "--help"], capture_output=True, text=True, check=False)

    assert done.returncode == 0
    assert "Usage" in done.stdout
