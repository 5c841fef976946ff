"""Child processes: started in a session of their own, known by id, stopped in order, found again after a crash."""

import fcntl
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from flows.core.errors import MistakeError, QuaysideError

LOG_TAIL_LINES = 15
RESTART_PAUSE_S = 2
RESTART_WINDOW_S = 120
MAX_RESTARTS = 20
STACK_VARIABLE = "QUAYSIDE_STACK"
"""Set, to the home folder, in every process that a stack starts, and in none that a person starts."""


class StartError(QuaysideError):
    """A part of the stack did not start; the end of its log is told."""


@dataclass(slots=True)
class Child:
    """One process of the stack."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    again: Callable[[], subprocess.Popen[bytes]]
    stop_signal: int = signal.SIGTERM
    stop_s: float = 10
    restarts: list[float] = field(default_factory=list)

    def is_running(self) -> bool:
        return self.process.poll() is None

    def stop(self) -> None:
        """Ask the process to end, and end what is left of it and its descendants after `stop_s`."""
        family = descendants(self.process.pid)
        if self.is_running():
            self.process.send_signal(self.stop_signal)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(self.stop_s)
        kill_session(self.process.pid)
        self.process.wait()
        kill(family)


def descendants(pid: int) -> list[psutil.Process]:
    """Return the processes that a process started, and those that they started; some begin sessions of their own."""
    try:
        return list(psutil.Process(pid).children(recursive=True))
    except psutil.NoSuchProcess:
        return []


def kill(processes: Sequence[psutil.Process]) -> None:
    """End processes that are still there after a moment."""
    _, alive = psutil.wait_procs(processes, timeout=1)
    for process in alive:
        with suppress(psutil.NoSuchProcess):
            process.kill()


def sweep(marker: str) -> int:
    """End the processes that a stack started and that outlived it, known by a variable of their environment."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            if process.environ().get(STACK_VARIABLE) == marker and process.pid != os.getpid():
                found.append(process)
    for process in found:
        with suppress(psutil.NoSuchProcess):
            process.terminate()
    kill(found)
    return len(found)


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read; after a power cut it has its old content or the new one."""
    part = path.with_name(path.name + ".new")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as target:
        target.write(text)
        target.flush()
        os.fsync(target.fileno())
    part.replace(path)


def read_json(path: Path) -> Any:  # Any: whatever was written there
    """Return what was written to a file of ours; None where it is absent or was cut off."""
    try:
        return json.loads(path.read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return None


@contextmanager
def locked(path: Path, sentence: str) -> Iterator[None]:
    """Hold a lock file while the body runs.

    Raises:
        MistakeError: Another process holds it.
    """
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise MistakeError(sentence) from None
        yield


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
        ended = 0
        for known in read_json(self.record) or []:
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
        self.record.unlink(missing_ok=True)
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
        niceness: int = 0,
        shares_output: bool = False,
    ) -> Child:
        """Start a process; SIGINT is given back its meaning, and Ctrl-C in the terminal does not reach it.

        Args:
            shares_output: It writes where this process writes, and has no log of its own.
        """

        def prepare() -> None:
            os.nice(niceness)
            for one in (signal.SIGINT, signal.SIGTERM):
                signal.signal(one, signal.SIG_DFL)

        self.logs.mkdir(parents=True, exist_ok=True)
        log = self.logs / f"{name}.log"

        def begin() -> subprocess.Popen[bytes]:
            with nullcontext() if shares_output else log.open("ab") as output:
                return subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    env={**os.environ, **(environment or {})},
                    cwd=folder,
                    start_new_session=True,
                    preexec_fn=prepare,  # noqa: PLW1509  # it calls nothing that a thread could hold
                )

        child = Child(name=name, process=begin(), log=log, again=begin, stop_signal=stop_signal, stop_s=stop_s)
        self.children.append(child)
        self._write()
        return child

    def revive(self) -> list[str]:
        """Start again what ended by itself; return the names.

        Raises:
            QuaysideError: A process ended too often.
        """
        revived = []
        for child in self.children:
            if child.is_running():
                continue
            now = time.monotonic()
            child.restarts = [moment for moment in child.restarts if moment > now - RESTART_WINDOW_S]
            if child.restarts and now < child.restarts[-1] + RESTART_PAUSE_S:
                continue
            if len(child.restarts) >= MAX_RESTARTS:
                raise QuaysideError(
                    f"{child.name} ended {MAX_RESTARTS + 1} times within {RESTART_WINDOW_S:.0f} s; the end of "
                    f"{child.log}:\n{tail(child.log)}"
                )
            kill_session(child.process.pid)
            child.process = child.again()
            child.restarts.append(now)
            self._write()
            revived.append(child.name)
        return revived

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
        write_private(self.record, json.dumps(known))


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
