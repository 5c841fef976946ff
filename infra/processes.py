"""Child processes: started in a session of their own, known by id, stopped in order, found again after a crash."""

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from flows.core.errors import QuaysideError

LOG_TAIL_LINES = 15


class StartError(QuaysideError):
    """A part of the stack did not start; the end of its log is told."""


@dataclass(slots=True)
class Child:
    """One process of the stack."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    stop_signal: int = signal.SIGTERM
    stop_s: float = 10

    def is_running(self) -> bool:
        return self.process.poll() is None

    def stop(self) -> None:
        """Ask the process to end, and end what is left of its session after `stop_s`."""
        if self.is_running():
            self.process.send_signal(self.stop_signal)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(self.stop_s)
        kill_session(self.process.pid)
        self.process.wait()


def kill_session(session: int) -> None:
    """End every process of a session that was started with its own."""
    try:
        os.killpg(session, signal.SIGKILL)
    except ProcessLookupError:
        return


def tail(log: Path) -> str:
    """Return the end of a log."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-LOG_TAIL_LINES:]) if log.exists() else ""


def free_port(preferred: int = 0) -> int:
    """Return a port of the loopback interface that nobody listens on; the preferred one if it is free."""
    for port in (preferred, 0):
        with socket.socket() as candidate:
            candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                candidate.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(candidate.getsockname()[1])
    raise StartError("no free port on 127.0.0.1")


@dataclass(slots=True)
class Processes:
    """The processes that one command started; written to a file, so that the next start can end leftovers."""

    record: Path
    logs: Path
    children: list[Child] = field(default_factory=list)

    def end_leftovers(self) -> int:
        """End processes that an earlier start left behind, after a crash or a kill; return their number."""
        if not self.record.exists():
            return 0
        ended = 0
        for known in json.loads(self.record.read_text()):
            try:
                process = psutil.Process(known["pid"])
                if abs(process.create_time() - known["created"]) > 1:
                    continue
            except psutil.NoSuchProcess:
                continue
            process.send_signal(known["stop_signal"])
            with suppress(psutil.TimeoutExpired):
                process.wait(10)
            kill_session(known["pid"])
            ended += 1
        self.record.unlink()
        return ended

    def start(
        self,
        name: str,
        command: Sequence[str],
        *,
        environment: Mapping[str, str] | None = None,
        folder: Path | None = None,
        stop_signal: int = signal.SIGTERM,
        stop_s: float = 10,
    ) -> Child:
        """Start a process; SIGINT is given back its meaning, and Ctrl-C in the terminal does not reach it."""
        self.logs.mkdir(parents=True, exist_ok=True)
        log = self.logs / f"{name}.log"
        with log.open("ab") as output:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **(environment or {})},
                cwd=folder,
                start_new_session=True,
                preexec_fn=_restore_signals,  # noqa: PLW1509  # before any thread is started
            )
        child = Child(name=name, process=process, log=log, stop_signal=stop_signal, stop_s=stop_s)
        self.children.append(child)
        self._write()
        return child

    def stop(self) -> None:
        """Stop every child, the last one first."""
        for child in reversed(self.children):
            child.stop()
        self.children.clear()
        self.record.unlink(missing_ok=True)

    def _write(self) -> None:
        known = [
            {
                "name": child.name,
                "pid": child.process.pid,
                "created": psutil.Process(child.process.pid).create_time(),
                "stop_signal": child.stop_signal,
            }
            for child in self.children
            if child.is_running()
        ]
        self.record.parent.mkdir(parents=True, exist_ok=True)
        self.record.write_text(json.dumps(known))


def _restore_signals() -> None:
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, signal.SIG_DFL)


def wait_until(is_ready: Callable[[], bool], child: Child, *, timeout_s: float) -> None:
    """Wait until a started process serves.

    Raises:
        StartError: It ended, or did not serve in time.
    """
    until = time.monotonic() + timeout_s
    while time.monotonic() < until:
        if is_ready():
            return
        if not child.is_running():
            raise StartError(f"{child.name} ended at its start; the end of {child.log}:\n{tail(child.log)}")
        time.sleep(0.1)
    raise StartError(f"{child.name} did not serve within {timeout_s:.0f} s; the end of {child.log}:\n{tail(child.log)}")
