"""Prefect server, worker and deployments of the stack on this machine."""

import os
import subprocess
import sys
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import urllib3

import flows
from infra.processes import Child, Processes, StartError, wait_until

CODE = Path(flows.__file__).parent.parent
"""Folder in which the flows lie, as `prefect.yaml` names them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prefect:
    """One Prefect server with its own database in our PostgreSQL."""

    folder: Path
    port: int
    database_url: str
    password: str
    encryption_key: str

    @property
    def api_url(self) -> str:
        return f"{self.ui_url}/api"

    @property
    def ui_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def auth(self) -> str:
        return f"quayside:{self.password}"

    def environment(self) -> dict[str, str]:
        """Return what server, worker and flows need to know."""
        return {
            "PREFECT_HOME": str(self.folder),
            "PREFECT_API_URL": self.api_url,
            "PREFECT_API_AUTH_STRING": self.auth,
            "PREFECT_WORKER_QUERY_SECONDS": "2",
            "PREFECT_RESULTS_DEFAULT_SERIALIZER": "json",
            "PREFECT_LOGGING_LEVEL": "WARNING",
            "PREFECT_CLI_PROMPT": "false",
            "DO_NOT_TRACK": "1",
            "QUAYSIDE_CODE": str(CODE),
        }

    def _server_environment(self) -> dict[str, str]:
        return {
            **self.environment(),
            "PREFECT_SERVER_DATABASE_CONNECTION_URL": self.database_url,
            "PREFECT_SERVER_API_AUTH_STRING": self.auth,
            "PREFECT_SERVER_UI_API_URL": self.api_url,
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
            "PREFECT_SERVER_UI_V2_ENABLED": "false",
            "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": self.ui_url,
            "PREFECT_SERVER_ENCRYPTION_KEY": self.encryption_key,
            "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
            "PREFECT_SERVER_EVENTS_RETENTION_PERIOD": "3d",
        }

    def start_server(self, processes: Processes) -> Child:
        """Start the server and wait until its API answers."""
        self.folder.mkdir(parents=True, exist_ok=True)
        child = processes.start(
            "prefect-server",
            [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(self.port)],
            environment=self._server_environment(),
            folder=self.folder,
            stop_s=10,
        )
        http = urllib3.PoolManager(retries=False, timeout=2)

        def serves() -> bool:
            try:
                return http.request("GET", f"{self.api_url}/health").status in (200, 401)
            except urllib3.exceptions.HTTPError:
                return False

        wait_until(serves, child, timeout_s=120)
        return child

    def deploy(self, environment: dict[str, str], work_pool: str) -> None:
        """Make the work pool, deployments and alerts, unless this very code was deployed with these settings before."""
        mark = self.folder / "deployed"
        state = _digest(environment)
        if mark.exists() and mark.read_text() == state:
            return
        deploy_flows({**os.environ, **self.environment(), **environment}, work_pool)
        mark.write_text(state)


def deploy_flows(environment: dict[str, str], work_pool: str) -> None:
    """Make the work pool, the deployments of `prefect.yaml` and the alerts; doing it again is safe.

    Args:
        environment: Where Prefect is, and the settings, `QUAYSIDE_ALERT_WEBHOOK_URL` and its like among them.

    Raises:
        StartError: Prefect refused.
    """
    for command in (
        ["prefect", "work-pool", "create", work_pool, "--type", "process", "--overwrite"],
        ["prefect", "--no-prompt", "deploy", "--all", "--prefect-file", str(CODE / "prefect.yaml")],
        ["flows.alerts"],
    ):
        done = subprocess.run(
            [sys.executable, "-m", *command],
            env=environment,
            cwd=CODE,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        if done.returncode:
            raise StartError(f"{' '.join(command)} failed:\n{done.stdout}\n{done.stderr}")


def _digest(environment: dict[str, str]) -> str:
    """Return what changes with what is deployed: its declaration, the signatures of the flows, and the alerts."""
    names = ("pickup", "ingest", "resubmit", "replay", "alerts")
    parts = [(CODE / "prefect.yaml").read_bytes(), *((CODE / "flows" / f"{name}.py").read_bytes() for name in names)]
    alerts = sorted(item for item in environment.items() if item[0].startswith("QUAYSIDE_ALERT_"))
    return sha256(b"".join(parts) + repr(alerts).encode()).hexdigest()
