"""An S3 server from a wheel (SeaweedFS), loopback only."""

import json
import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import urllib3

from infra.processes import Child, Processes, wait_until

PORTS = ("s3", "s3_grpc", "master", "master_grpc", "volume", "volume_grpc", "filer", "filer_grpc")

GROWTH = """[master.volume_growth]
copy_1 = 1
"""
"""One volume at a time for each bucket; the default of seven makes a first put slow and uses volumes up."""


IDENTITIES: Mapping[str, tuple[str, ...]] = {
    "quayside": ("Admin", "Read", "Write", "List", "Tagging"),
    "flows": (
        *("Read:landing", "List:landing", "Tagging:landing"),
        *("Read:archive", "Write:archive", "List:archive"),
        *("Read:audit", "Write:audit", "List:audit"),
    ),
    "dashboard": ("Write:landing", "Tagging:landing", "Read:archive", "Read:audit", "List:audit"),
    "uploader": ("Write:landing",),
}
"""Who may do what in which bucket; this server counts deleting as writing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectServer:
    """One server on this machine.

    Attributes:
        ports: A port for each name in `PORTS`.
        keys: Access and secret key of those of `IDENTITIES` that it serves.
        min_free_space: Share of the disk in percent, or bytes such as `10GiB`, below which nothing more is taken.
    """

    folder: Path
    ports: dict[str, int]
    keys: Mapping[str, tuple[str, str]]
    min_free_space: str = "1"

    @property
    def endpoint(self) -> str:
        return f"127.0.0.1:{self.ports['s3']}"

    def start(self, processes: Processes) -> Child:
        """Start the server and wait until it serves."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "master.toml").write_text(GROWTH)
        child = processes.start("object-store", self.command(), folder=self.folder, stop_s=3)
        http = urllib3.PoolManager(retries=False, timeout=1)

        def serves() -> bool:
            try:
                master = http.request("GET", f"http://127.0.0.1:{self.ports['master']}/dir/assign").json()
                return "fid" in master and http.request("GET", f"http://{self.endpoint}/").status in (200, 403)
            except (urllib3.exceptions.HTTPError, ValueError):
                return False

        wait_until(serves, child, timeout_s=60)
        return child

    def command(self) -> list[str]:
        """Return the command that starts the server."""
        weed = shutil.which("weed", path=str(Path(sys.executable).parent)) or "weed"
        ports = self.ports
        return [
            weed,
            "server",
            f"-dir={self.folder}",
            "-ip=127.0.0.1",
            "-ip.bind=127.0.0.1",
            "-s3",
            f"-s3.config={self._identities()}",
            f"-s3.port={ports['s3']}",
            f"-s3.port.grpc={ports['s3_grpc']}",
            "-s3.port.iceberg=0",
            "-s3.port.lance=0",
            "-s3.iam=false",
            f"-master.port={ports['master']}",
            f"-master.port.grpc={ports['master_grpc']}",
            "-master.volumeSizeLimitMB=1024",
            "-master.telemetry=false",
            "-master.electionTimeout=1s",
            f"-volume.port={ports['volume']}",
            f"-volume.port.grpc={ports['volume_grpc']}",
            "-volume.max=10000",
            "-volume.preStopSeconds=0",
            f"-volume.minFreeSpace={self.min_free_space}",
            f"-filer.port={ports['filer']}",
            f"-filer.port.grpc={ports['filer_grpc']}",
        ]

    def _identities(self) -> Path:
        """Return the file with the credentials, which only its owner can read."""
        path = self.folder / "identities.json"
        identities = [
            {
                "name": name,
                "credentials": [{"accessKey": self.keys[name][0], "secretKey": self.keys[name][1]}],
                "actions": actions,
            }
            for name, actions in IDENTITIES.items()
            if name in self.keys
        ]
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as target:
            json.dump({"identities": identities}, target)
        return path
