"""Starts and stops the stack of this machine; keeps its data, ports and credentials in one home folder."""

import fcntl
import json
import secrets
import sys
from base64 import urlsafe_b64encode
from collections.abc import Callable
from pathlib import Path
from typing import IO

from pydantic import SecretStr
from sqlalchemy.engine import make_url

from flows.adapters.migrations import migrate
from flows.adapters.object_store import ObjectStore
from flows.adapters.warehouse import Warehouse
from flows.core.errors import MistakeError
from flows.datasets import datasets
from flows.settings import HOME_VARIABLE, STACK_FILE, Settings
from infra.embedded.dashboard import start_dashboard
from infra.embedded.object_store import PORTS, ObjectServer
from infra.embedded.postgres import Postgres
from infra.embedded.prefect import Prefect
from infra.processes import STACK_VARIABLE, Processes, free_port, read_json, sweep, write_private
from infra.roles import ANALYST, DASHBOARD, LOADER, OWNER, PREFECT, make_roles

_PORT_NAMES = ("postgres", "prefect", "dashboard", *PORTS)
_PASSWORDS = {
    OWNER: "database",
    LOADER: "loader_database",
    DASHBOARD: "dashboard_database",
    ANALYST: "analyst_database",
    PREFECT: "prefect_database",
}
"""Names, in the credentials, of the passwords of the database's roles."""
_KEYS = {"quayside": "s3", "flows": "s3_flows", "dashboard": "s3_dashboard", "uploader": "s3_uploader"}
"""Names, in the credentials, of the keys of the object store's identities."""
_IDENTITIES = {LOADER: "flows", DASHBOARD: "dashboard"}


class Stack:
    """Everything that the product needs on one machine.

    Args:
        home: Folder that keeps data, settings and logs.
        tell: Called with one sentence per step.
    """

    def __init__(self, home: Path, tell: Callable[[str], None]) -> None:
        self.home = home
        self._tell = tell
        self._processes = Processes(record=home / "processes.json", logs=home / "logs")
        self._lock: IO[str] | None = None

    def start(self, *, with_worker: bool = True, with_prefect: bool = True) -> Settings:
        """Start everything and return the settings with which it can be used.

        Raises:
            MistakeError: A stack of this home folder is running.
            StartError: A part did not start.
        """
        self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._take_lock()
        if ended := self._processes.end_leftovers() + sweep(str(self.home)):
            self._tell(f"ended {ended} processes that an earlier start had left behind")
        secret, ports = self._secrets(), self._ports()
        try:
            return self._start(secret, ports, with_worker=with_worker, with_prefect=with_prefect)
        except BaseException:
            self.stop()
            raise

    def environment(self, settings: Settings, role: str) -> dict[str, str]:
        """Return the settings of a part that works under a role of its own, as environment variables.

        Args:
            settings: What `start` returned.
            role: `LOADER` or `DASHBOARD`, with the S3 keys that go with it.
        """
        secret, keys = self._secrets(), _KEYS[_IDENTITIES[role]]
        url = make_url(settings.database_url.get_secret_value()).set(username=role, password=secret[_PASSWORDS[role]])
        return _environment(
            settings.model_copy(
                update={
                    "database_url": SecretStr(url.render_as_string(hide_password=False)),
                    "s3_access_key": secret[f"{keys}_access"],
                    "s3_secret_key": SecretStr(secret[f"{keys}_secret"]),
                    "alert_webhook_url": SecretStr(""),  # Prefect's server alone sends alerts
                    "alert_email": SecretStr(""),
                }
            ),
            self.home,
        )

    def stop(self) -> None:
        """Stop everything that was started, the last one first."""
        self._processes.stop()
        sweep(str(self.home))
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def revive(self) -> list[str]:
        """Start again what ended by itself; return the names.

        Raises:
            QuaysideError: A process ended too often.
        """
        return self._processes.revive()

    def _start(
        self, secret: dict[str, str], ports: dict[str, int], *, with_worker: bool, with_prefect: bool
    ) -> Settings:
        postgres = Postgres(folder=self.home / "postgres", port=ports["postgres"], admin_password=secret["postgres"])
        keys = {who: (secret[f"{name}_access"], secret[f"{name}_secret"]) for who, name in _KEYS.items()}
        objects = ObjectServer(folder=self.home / "objects", ports=ports, keys=keys)
        prefect = Prefect(
            folder=self.home / "prefect",
            port=ports["prefect"],
            database_url=postgres.url("prefect", secret["prefect_database"], "prefect", "postgresql+asyncpg"),
            password=secret["prefect"],
            encryption_key=secret["prefect_encryption"],
        )
        self._tell("starting PostgreSQL")
        postgres.start(self._processes)
        make_roles(postgres.admin_url, {role: secret[name] for role, name in _PASSWORDS.items()})
        self._tell("starting the object store")
        objects.start(self._processes)
        settings = Settings(
            database_url=SecretStr(postgres.url("quayside", secret["database"], "quayside")),
            s3_endpoint=objects.endpoint,
            s3_access_key=secret["s3_access"],
            s3_secret_key=SecretStr(secret["s3_secret"]),
            scratch_folder=self.home / "scratch",
            prefect_api_url=prefect.api_url,
            prefect_ui_url=prefect.ui_url,
            prefect_auth=SecretStr(prefect.auth),
            dashboard_port=ports["dashboard"],
            dashboard_secret=SecretStr(secret["dashboard_signing"]),
        )
        self._tell("preparing the database and the buckets")
        warehouse = Warehouse(settings)
        migrate(warehouse, datasets())
        warehouse.close()
        ObjectStore(settings).make_buckets()
        if with_prefect:
            self._tell("starting Prefect")
            prefect.start_server(self._processes)
            self._tell("deploying the flows")
            prefect.deploy(_environment(settings, self.home), settings.work_pool)
        self._write_settings(settings)
        if with_prefect and with_worker:
            self._tell("starting the worker")
            self._processes.start(
                "worker",
                [sys.executable, "-m", "flows.cli", "worker"],
                environment={
                    **prefect.environment(),
                    **self.environment(settings, LOADER),
                    STACK_VARIABLE: str(self.home),
                },
                folder=self.home,
                stop_s=20,
            )
            self._tell("starting the dashboard")
            start_dashboard(
                self._processes,
                f"http://127.0.0.1:{settings.dashboard_port}",
                {**self.environment(settings, DASHBOARD), STACK_VARIABLE: str(self.home)},
            )
        return settings

    def _take_lock(self) -> None:
        lock = (self.home / "lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.close()
            raise MistakeError(
                f"a stack of {self.home} is running already; stop it, or choose another folder with {HOME_VARIABLE}"
            ) from None
        self._lock = lock

    def _secrets(self) -> dict[str, str]:
        """Return the credentials, made at the first start; only their owner can read them."""
        path = self.home / "credentials.json"
        known = dict(read_json(path) or {})
        names = ("postgres", *_PASSWORDS.values(), "prefect", "dashboard_signing")
        names += tuple(f"{name}_{part}" for name in _KEYS.values() for part in ("access", "secret"))
        made = {name: secrets.token_urlsafe(24).replace("-", "x").replace("_", "y") for name in names}
        made["prefect_encryption"] = urlsafe_b64encode(secrets.token_bytes(32)).decode()
        if not made.keys() <= known.keys():
            write_private(path, json.dumps(made | known, indent=1))
        return made | known

    def _ports(self) -> dict[str, int]:
        """Return a free port for each server, the one of the last start where it is free."""
        path = self.home / "ports.json"
        before = read_json(path) or {}
        ports: dict[str, int] = {}
        for name in _PORT_NAMES:
            port = free_port(before.get(name, 0))
            while port in ports.values():
                port = free_port()
            ports[name] = port
        write_private(path, json.dumps(ports, indent=1))
        return ports

    def _write_settings(self, settings: Settings) -> None:
        lines = [f"{name}={value}" for name, value in _environment(settings, self.home).items()]
        write_private(self.home / STACK_FILE, "\n".join(lines) + "\n")


def _environment(settings: Settings, home: Path) -> dict[str, str]:
    """Return the settings as environment variables."""
    values = {}
    for name, value in settings:
        told = value.get_secret_value() if isinstance(value, SecretStr) else value
        values[f"QUAYSIDE_{name.upper()}"] = str(told)
    return {**values, HOME_VARIABLE: str(home)}
