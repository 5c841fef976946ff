"""The container stack on a real engine, under a name and ports of its own; taken down at the end, volumes too."""

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from infra.containers.make_secrets import filled, settings, with_values
from infra.processes import free_port
from tests.conftest import s3_client

ROOT = Path(__file__).parents[2]
WANTED = "QUAYSIDE_STACK_TEST"
START_S = 420
HEADER = b"order_id,order_date,region,product,quantity,revenue\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Containers:
    """One stack of containers."""

    folder: Path
    values: dict[str, str]

    @property
    def environment(self) -> dict[str, str]:
        """What `docker compose` and the scripts of the runbook need to find it."""
        return {
            **os.environ,
            "COMPOSE_PROJECT_NAME": "quayside-test",
            "COMPOSE_ENV_FILES": str(self.folder / ".env"),
        }

    @property
    def dashboard(self) -> str:
        return f"http://127.0.0.1:{self.values['QUAYSIDE_DASHBOARD_PUBLISHED_PORT']}"

    @property
    def prefect(self) -> str:
        return self.values["QUAYSIDE_PREFECT_URL"]

    def run(self, *command: str, timeout_s: float = 180) -> str:
        """Run a command beside `docker-compose.yml`; return what it says."""
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False, timeout=timeout_s
        )
        assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        return done.stdout

    def compose(self, *command: str, timeout_s: float = 180) -> str:
        """Run a command of Compose."""
        return self.run("docker", "compose", *command, timeout_s=timeout_s)

    def start(self, *options: str) -> None:
        """Start what does not run and wait for its health."""
        self.compose("up", "--detach", "--no-build", *options, timeout_s=START_S)
        self.wait(lambda: not self._sick(), "every service is healthy", START_S)

    def start_anew(self, *services: str) -> None:
        """Give services that depend on nothing new their new settings, and wait for health."""
        self.start("--no-deps", *services)

    def change(self, **changed: str) -> None:
        """Give settings of `.env` other values, as a person does with an editor."""
        self.values.update(changed)
        path = self.folder / ".env"
        path.write_text(with_values(path.read_text(), changed))

    def _sick(self) -> list[str]:
        told = self.compose("ps", "--all", "--format", "{{.Service}} {{.State}} {{.Health}} {{.ExitCode}}")
        lines = [line.split(" ") for line in told.splitlines()]
        return [
            name
            for name, state, health, code in lines
            if (state, health) != ("running", "healthy") and (state, code) != ("exited", "0")
        ]

    def inspected(self) -> list[dict[str, Any]]:  # Any: JSON of the engine
        """Return what the engine tells of each container."""
        ids = self.compose("ps", "--all", "--quiet").split()
        return list(json.loads(self.run("docker", "inspect", *ids)))

    def sql(self, query: str) -> str:
        """Return what a query says, cells separated by `|`."""
        return self.compose("exec", "-T", "postgres", "psql", "-U", "postgres", "-d", "quayside", "-Atc", query).strip()

    def rows(self, query: str) -> list[dict[str, Any]]:
        """Return the rows of a query; numbers with a point are exact."""
        told = self.sql(f"select coalesce(json_agg(row_to_json(q)), '[]') from ({query}) as q")
        return list(json.loads(told, parse_float=Decimal))

    def s3(self, key: str, secret: str) -> Any:  # Any: boto3 has no types
        """Return an ordinary S3 client that comes through the proxy.

        Args:
            key: Access key.
            secret: Name of the setting with its secret.
        """
        return s3_client(f"127.0.0.1:{self.values['QUAYSIDE_S3_PUBLISHED_PORT']}", key, self.values[secret])

    def drop(self, key: str, content: bytes) -> None:
        """Put a file into the landing bucket with the key of an uploader."""
        uploader = self.s3("quayside-uploader", "QUAYSIDE_S3_UPLOADER_SECRET")
        uploader.put_object(Bucket="landing", Key=key, Body=content)

    def load(self, name: str, count: int = 3, timeout_s: float = 180) -> None:
        """Drop a file of good rows and wait until it is loaded."""
        self.drop(f"sales_orders/{name}.csv", rows_of(name, count))
        self.wait_for(f"select state from platform.file where base_name = '{name}.csv'", "COMPLETED", timeout_s)

    def wait(self, holds: Callable[[], bool], what: str, timeout_s: float = 90) -> None:
        """Wait until something holds.

        Raises:
            AssertionError: It did not, in time.
        """
        until = time.monotonic() + timeout_s
        while not holds():
            assert time.monotonic() < until, f"after {timeout_s:.0f} s not: {what}\n{self.compose('ps', '--all')}"
            time.sleep(1)

    def wait_for(self, query: str, wanted: str, timeout_s: float = 90) -> None:
        """Wait until a query says what it should; the database may be what is just being started again."""

        def says() -> bool:
            with suppress(AssertionError):
                return self.sql(query) == wanted
            return False

        self.wait(says, f"{query}: {wanted}", timeout_s)


def rows_of(name: str, count: int) -> bytes:
    """Return a file of good rows."""
    lines = (f"{name}-{number},2026-01-31,North,Milk 1L,1,5.00\n" for number in range(count))
    return HEADER + "".join(lines).encode()


@pytest.fixture(scope="session")
def stack() -> Iterator[Containers]:
    """The stack, built and healthy."""
    if WANTED not in os.environ:
        pytest.skip("the container stack is tried by `make stack-test`")
    if subprocess.run(["docker", "version"], capture_output=True, check=False).returncode:
        pytest.skip("no container engine answers on this machine: the container stack was NOT tried")
    # not in pytest's own folder, of which only the last few are kept while a long test goes on
    with tempfile.TemporaryDirectory(prefix="quayside-stack-") as folder:
        containers = _configured(Path(folder))
        try:
            containers.compose("build", "setup", timeout_s=900)
            containers.start()
            yield containers
        finally:
            containers.compose("--profile", "*", "down", "--volumes", "--remove-orphans")


def _configured(folder: Path) -> Containers:
    text = filled((ROOT / ".env.example").read_text())
    ports = {f"QUAYSIDE_{name}_PUBLISHED_PORT": str(free_port()) for name in ("DASHBOARD", "PREFECT", "S3")}
    (folder / ".env").write_text(text)
    containers = Containers(folder=folder, values=settings(text))
    containers.change(
        **ports,
        QUAYSIDE_DASHBOARD_ORIGINS=f"127.0.0.1:{ports['QUAYSIDE_DASHBOARD_PUBLISHED_PORT']}",
        QUAYSIDE_PREFECT_URL=f"http://127.0.0.1:{ports['QUAYSIDE_PREFECT_PUBLISHED_PORT']}",
    )
    return containers
