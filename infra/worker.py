"""The worker of a machine: a Prefect process worker, kept alive, and one resident pickup run, kept alive.

Runs that Prefect believes to be running, but that our ledger knows to have ended, are set to Crashed.
"""

import logging
import os
import signal
import socket
import sys
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import urllib3

from flows.adapters import ledger, liveness, logs
from flows.adapters.warehouse import Warehouse
from flows.pickup_name import DRAINING, WORKER_VARIABLE
from flows.services.loading import remove_leftovers
from flows.settings import HOME_VARIABLE, Settings
from infra.embedded.prefect import CODE
from infra.processes import Child, Processes, locked

LOG = logging.getLogger(__name__)
LOGGING = CODE / "flows" / "logging.yml"
RESIDENCE_S = 6 * 3600
"""How long one pickup run watches before the next one takes its place."""
START_PATIENCE_S = 45
"""How long a pickup may take to begin on a busy machine before another one is asked for; one of the two then ends."""
RECONCILE_EVERY_S = 20
MIN_SILENCE_S = 60
"""A run that was silent for so long is dead."""
NICENESS = 10
"""Flows give way to the database: it is the one that they would wait for."""
_OVER_STATES = ["COMPLETED", "FAILED", "CRASHED", "CANCELLED"]
_FLOWS = ["pickup", "ingest", "resubmit", "replay"]
_OPEN_STATES = ["RUNNING", "PENDING", "CANCELLING"]


class Worker:
    """Keeps the processes of one machine's worker alive until it is stopped.

    Args:
        settings: What it works with.
        home: Folder that keeps its records and logs.
        drain_s: How long a stop lets it finish what it has; nothing new is claimed meanwhile.
    """

    def __init__(self, settings: Settings, home: Path, drain_s: float = 0) -> None:
        self.settings = settings
        self._home = home
        self._drain_s = drain_s
        self._draining = home / DRAINING
        self.name = f"{socket.gethostname()}-{os.getpid()}"
        self._warehouse = Warehouse(settings)
        self._api = _PrefectApi(settings)
        self._processes = Processes(record=home / "worker-processes.json", logs=home / "logs")
        self._stopped = threading.Event()
        self._asked_at = 0.0
        self._asked_run: str | None = None
        self._reconciled_at = 0.0

    def run(self) -> None:
        """Work until SIGTERM or SIGINT, then stop what was started.

        Raises:
            MistakeError: Another worker of this home folder is running.
        """
        for one in (signal.SIGTERM, signal.SIGINT):
            signal.signal(one, lambda *_: self._stopped.set())
        with locked(self._home / "worker.lock", f"a worker of {self._home} is running already"):
            self._processes.end_leftovers()
            self._draining.unlink(missing_ok=True)
            self._run()

    def _run(self) -> None:
        child: Child | None = None
        try:
            while not self._stopped.wait(1):
                try:
                    if child is None or not child.is_running():
                        child = self._start()
                    self._look_after()
                except (*ledger.UNREACHABLE, urllib3.exceptions.HTTPError) as error:
                    LOG.warning("a server is away, trying again: %s", error)
            self._drain()
        finally:
            self._processes.stop()
            self._draining.unlink(missing_ok=True)
            with suppress(urllib3.exceptions.HTTPError):
                self._api.remove_queue(self.settings.work_pool, self.name)

    def _drain(self) -> None:
        """Let the resident pickup end what it has, for a while; what is not done then, another worker takes over."""
        self._draining.touch()
        until = time.monotonic() + self._drain_s
        with suppress(*ledger.UNREACHABLE), self._warehouse.transaction() as connection:
            connection.execute(f"notify {ledger.CHANNEL}".encode())
        while self._asked_run is not None and time.monotonic() < until and not self._has_ended(self._asked_run):
            time.sleep(1)

    def _has_ended(self, pickup: str) -> bool:
        """Return whether the resident pickup has ended; what it could do without Prefect is done with its last file."""
        try:
            return self._api.is_over(pickup)
        except urllib3.exceptions.HTTPError:
            with suppress(*ledger.UNREACHABLE):
                return not liveness.is_loading(self._warehouse, self.name)
            return False

    def _start(self) -> Child:
        self._processes.stop()
        self._api.make_queue(self.settings.work_pool, self.name)
        return self._processes.start(
            "prefect-worker",
            [
                sys.executable,
                "-m",
                "prefect",
                "worker",
                "start",
                "--pool",
                self.settings.work_pool,
                "--name",
                self.name,
                "--work-queue",
                "default",
                "--work-queue",
                self.name,
            ],
            environment={
                WORKER_VARIABLE: self.name,
                "PREFECT_API_URL": self.settings.prefect_api_url,
                "PREFECT_API_AUTH_STRING": self.settings.prefect_auth.get_secret_value(),
                "PREFECT_WORKER_QUERY_SECONDS": "2",
                "QUAYSIDE_CODE": str(CODE),
                HOME_VARIABLE: str(self._home),
                logs.FORMAT_VARIABLE: self.settings.log_format,
                "PREFECT_LOGGING_CONFIG_PATH": str(LOGGING),
            },
            stop_s=10,
            niceness=NICENESS,
            shares_output=True,
        )

    def _look_after(self) -> None:
        """Start a pickup where none watches, and tell Prefect which runs are dead; a server that is away comes back."""
        now = time.monotonic()
        if now > self._reconciled_at + RECONCILE_EVERY_S:
            self._reconciled_at = now
            self._reconcile()
        if self._needs_pickup(now):
            self._asked_at = now
            self._asked_run = self._api.start("pickup", "pickup", {"watch_s": RESIDENCE_S}, self.name)

    def _needs_pickup(self, now: float) -> bool:
        """Return whether no pickup run watches: none was asked for, it is over, or it fell silent."""
        if self._asked_run is None or self._api.is_over(self._asked_run):
            return True
        is_late = now > self._asked_at + START_PATIENCE_S
        return is_late and not liveness.is_watched(self._warehouse, self.name, liveness.PICKUP_SILENCE_S)

    def _reconcile(self) -> None:
        believed = {run["id"]: run for run in self._api.open_runs()}
        silence_s = max(MIN_SILENCE_S, 2 * self.settings.lease_s)
        alive = liveness.living_runs(self._warehouse, list(believed), silence_s)
        unknown = liveness.unknown_runs(self._warehouse, list(believed))
        young = {run_id for run_id in unknown if _age_s(believed[run_id]) < silence_s}
        for run_id in set(believed) - alive - young:
            self._api.crash(run_id, "its process ended; the ledger has taken its file over")
        remove_leftovers(self.settings.scratch_folder, self._warehouse)


def _age_s(run: dict[str, Any]) -> float:
    """Return for how long a flow run is in its state, as Prefect tells it."""
    since = datetime.fromisoformat(run["state"]["timestamp"].replace("Z", "+00:00"))
    return (datetime.now(UTC) - since).total_seconds()


class _PrefectApi:
    """The few calls that the worker makes; the full client would cost 100 MB."""

    def __init__(self, settings: Settings) -> None:
        self._url = settings.prefect_api_url
        headers = urllib3.make_headers(basic_auth=settings.prefect_auth.get_secret_value())
        self._http = urllib3.PoolManager(retries=urllib3.Retry(2), timeout=10, headers=headers)

    def make_queue(self, pool: str, name: str) -> None:
        """Make the queue from which one worker alone takes runs; it may be there already."""
        self._call("POST", f"/work_pools/{pool}/queues/", {"name": name}, is_fine=(409,))

    def remove_queue(self, pool: str, name: str) -> None:
        """Remove a worker's queue."""
        self._call("DELETE", f"/work_pools/{pool}/queues/{name}", is_fine=(404,))

    def start(self, flow: str, deployment: str, parameters: dict[str, Any], queue: str) -> str:
        """Create a run of a deployment in a queue; return its id."""
        found = self._call("GET", f"/deployments/name/{flow}/{deployment}")
        run = self._call(
            "POST",
            f"/deployments/{found['id']}/create_flow_run",
            {
                "parameters": parameters,
                "work_queue_name": queue,
                "state": {"type": "SCHEDULED", "message": "started by the worker"},
            },
        )
        return str(run["id"])

    def is_over(self, run_id: str) -> bool:
        """Return whether a run has ended."""
        return self._call("GET", f"/flow_runs/{run_id}")["state"]["type"] in _OVER_STATES

    def open_runs(self) -> list[dict[str, Any]]:
        """Return the runs of our flows that Prefect believes to be under way."""
        found = self._call(
            "POST",
            "/flow_runs/filter",
            {
                "flows": {"name": {"any_": _FLOWS}},
                "flow_runs": {"state": {"type": {"any_": _OPEN_STATES}}},
                "limit": 200,
            },
        )
        return list(found)

    def crash(self, run_id: str, message: str) -> None:
        """Set a run to Crashed."""
        self._call(
            "POST", f"/flow_runs/{run_id}/set_state", {"state": {"type": "CRASHED", "message": message}, "force": True}
        )

    def _call(
        self, method: str, path: str, body: dict[str, Any] | None = None, *, is_fine: tuple[int, ...] = ()
    ) -> Any:  # Any: JSON of the server
        response = (
            self._http.request(method, self._url + path, json=body)
            if body
            else self._http.request(method, self._url + path)
        )
        if response.status in is_fine or response.status == 204:
            return None
        if response.status >= 400:
            raise urllib3.exceptions.HTTPError(f"{method} {path}: {response.status} {response.data[:200]!r}")
        return response.json()
