"""A worker without Prefect, in a process of its own: scans, claims and loads until nothing waits, then ends."""

import argparse
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from flows.adapters import ledger
from flows.adapters.ledger import ClaimedFile
from flows.core.errors import FenceLostError
from flows.resources import Resources, resources
from flows.services import running
from flows.services.landing import Scanner
from flows.services.loading import Load


def main() -> None:
    """Load what waits; print one line per file."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--at-once", type=int, default=4, help="files that are claimed at once")
    parser.add_argument("--pause-at", default="", help="stop this process (SIGSTOP) when this stage begins")
    options = parser.parse_args()
    parts = resources()
    if options.pause_at:
        _pause_at(options.pause_at)
    scanner = Scanner(parts.settings, parts.warehouse, parts.store, parts.datasets)
    while True:
        scanner.scan()
        for claimed in _claim(parts, options.at_once):
            _load(parts, claimed)
        left = parts.warehouse.rows("select 1 from platform.file where state in ('LANDED', 'RUNNING') limit 1")
        if not left:
            return
        time.sleep(0.2)


def _claim(parts: Resources, limit: int) -> list[ClaimedFile]:
    return ledger.claim(parts.warehouse, limit=limit, lease_s=parts.settings.lease_s, max_attempts=1000)


def _load(parts: Resources, claimed: ClaimedFile) -> None:
    stopped = threading.Event()
    is_paused = bool(os.environ.get("NO_RENEWAL"))

    def renew() -> None:
        while not stopped.wait(parts.settings.lease_s / 3) and not is_paused:
            ledger.renew(parts.warehouse, claimed, parts.settings.lease_s)

    renewing = threading.Thread(target=renew, daemon=True)
    renewing.start()
    try:
        outcome = running.run_file(running.begin(parts, claimed, uuid4()))
        print(claimed.file_id, outcome.state, flush=True)
    except FenceLostError as error:
        print(claimed.file_id, "FENCE", error, flush=True)
    finally:
        stopped.set()


class _PausedLoad(Load):
    """A load that stops its whole process when a stage begins, as a machine does that falls asleep."""

    pause_at = ""

    @contextmanager
    def stage(self, name: str) -> Iterator[dict[str, int]]:
        with super().stage(name) as counts:
            if name == self.pause_at:
                print("PAUSED", flush=True)
                os.kill(os.getpid(), signal.SIGSTOP)
            yield counts


def _pause_at(stage: str) -> None:
    _PausedLoad.pause_at = stage
    running.__dict__["Load"] = _PausedLoad  # in this process alone


if __name__ == "__main__":
    main()
    sys.exit(0)
