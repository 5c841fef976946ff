"""A whole stack in processes of its own, as a person starts it from a shell."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
from base64 import b64encode
from pathlib import Path
from typing import IO, Any

import psutil
import psycopg
import urllib3

from tests.conftest import s3_client

QUAYSIDE = str(Path(sys.executable).parent / "quayside")


class RunningStack:
    """`quayside demo` or `quayside up` in a folder of its own."""

    def __init__(self, home: Path, command: str = "demo", **settings: str) -> None:
        self.home = home
        self.command = command
        self.environment = {**os.environ, "QUAYSIDE_HOME": str(home), **settings}
        self.process: subprocess.Popen[str] | None = None
        self.told = ""
        self.password = ""

    def start(self) -> str:
        """Start it, wait until it stays up, and return what it said."""
        self.process = subprocess.Popen(
            [QUAYSIDE, self.command],
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
            if "First account" in line:
                self.password = line.split("password ")[1].split(" ")[0]
            if "Ctrl-C" in line:
                threading.Thread(target=_drain, args=(self.process.stdout,), daemon=True).start()
                self.told = "".join(told)
                return self.told
        raise AssertionError("".join(told))

    def stop(self) -> int:
        """Press Ctrl-C and return the exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(60)

    def run(self, *command: str, told: str = "", code: int = 0) -> Any:
        """Return what a command says as JSON.

        Args:
            told: What is typed into it.
            code: The exit code that it should have.
        """
        done = subprocess.run(
            [QUAYSIDE, *command, "--json"],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            input=told,
            timeout=300,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return json.loads(done.stdout) if done.stdout.strip() else None

    def tell(self, *command: str) -> str:
        """Return what a command says to a person."""
        done = subprocess.run(
            [QUAYSIDE, *command], env=self.environment, capture_output=True, text=True, check=False, timeout=300
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def dashboard(self) -> str:
        """Return the address of the dashboard as it was told."""
        found = re.search(r"Dashboard\s+(http://\S+)", self.told)
        assert found, self.told
        return found[1]

    def log_in(self) -> None:
        """Sign in as the first admin."""
        self.run("login", "admin", "--password-stdin", told=self.password + "\n")

    def settings(self) -> dict[str, str]:
        lines = (self.home / "stack.env").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.settings()["QUAYSIDE_DATABASE_URL"]) as connection:
            return connection.execute(query.encode()).fetchall()

    def execute(self, statement: str) -> None:
        """Execute a statement as the owner of the tables."""
        with psycopg.connect(self.settings()["QUAYSIDE_DATABASE_URL"]) as connection:
            connection.execute(statement.encode())

    def start_deployment(self, name: str, parameters: dict[str, Any], queue: str = "default") -> str:
        """Start a deployment as a person does in the UI; return the flow run."""
        found = self.prefect(f"/deployments/name/{name}/{name}", None)
        asked = {"parameters": parameters, "work_queue_name": queue, "state": {"type": "SCHEDULED"}}
        return str(self.prefect(f"/deployments/{found['id']}/create_flow_run", asked)["id"])

    def flow_run(self, run_id: str) -> Any:
        """Return a flow run as Prefect knows it."""
        return self.prefect(f"/flow_runs/{run_id}", None)

    def prefect(self, path: str, body: dict[str, Any] | None) -> Any:
        """Return what Prefect's API says: to a GET without a body, else to a POST."""
        settings = self.settings()
        token = b64encode(settings["QUAYSIDE_PREFECT_AUTH"].encode()).decode()
        return urllib3.request(
            "GET" if body is None else "POST",
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


def _drain(output: IO[str]) -> None:
    """Read what nobody needs any more, so that its writer never waits."""
    with output:
        for _ in output:
            pass


def _ignore_interrupts() -> None:
    """Be started as a shell starts a background job."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
