"""Commands that start and prepare: up, demo, worker, dashboard, migrate."""

import os
import signal
import sys
import threading
from typing import Annotated

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from flows.cli.app import Json, app, resources
from flows.cli.watching import print_addresses, watch
from flows.printing import console, error_console, print_json


@app.command()
def up() -> None:
    """Start the stack on this machine and keep it up until Ctrl-C."""
    with _RunningStack() as stack:
        _tell_first_admin()
        print_addresses()
        console.print("Ctrl-C stops everything.")
        stack.wait()


@app.command()
def demo(
    once: Annotated[
        bool, typer.Option("--once", help="Stop when the files are loaded; exit 1 if anything is wrong.")
    ] = False,
) -> None:
    """Start the stack, drop sample files of every dataset with every defect, and watch them being loaded."""
    from flows.services.demo import drop_samples

    with _RunningStack() as stack:
        parts = resources()
        batch = drop_samples(parts, stack.home)
        if batch.is_old:
            console.print(f"The sample files of this data folder were dropped before, as {batch.name}:")
        is_good = watch(batch.name)
        print_addresses()
        _tell_first_admin()
        if once:
            raise typer.Exit(0 if is_good else 1)
        console.print("Ctrl-C stops everything.")
        stack.wait()


@app.command()
def worker(
    drain_s: Annotated[float, typer.Option("--drain-s", min=0, help="Seconds in which a stop ends what runs.")] = 0,
) -> None:
    """Run the worker of this machine: `quayside up` starts one, a server has one per container."""
    from flows.adapters import logs
    from flows.settings import home, read_settings
    from infra.worker import Worker

    settings = read_settings()
    logs.begin(settings.log_format)
    Worker(settings, home(), drain_s).run()


@app.command()
def dashboard() -> None:
    """Serve the dashboard of a server; `quayside up` starts one, a server has one per container."""
    os.execv(sys.executable, [sys.executable, "-m", "dashboard"])  # noqa: S606  # no shell is wanted


@app.command()
def migrate(as_json: Json = False) -> None:
    """Bring the database to the state that this version expects."""
    from flows.adapters.migrations import migrate as apply

    parts = resources()
    applied = apply(parts.warehouse, parts.datasets)
    if as_json:
        print_json({"applied": list(applied)})
    else:
        console.print("\n".join(applied) if applied else "Nothing to apply: the database is up to date.")
        _tell_first_admin()


def _tell_first_admin() -> None:
    """Make the first account where there is none, and show its password this one time."""
    from flows.services.accounts import FIRST_ADMIN, make_first_admin

    if password := make_first_admin(resources().warehouse):
        console.print(f"First account: {FIRST_ADMIN}, password {password} (shown only now; `quayside login`)")


class _RunningStack:
    """Starts the stack of this machine; stops it at the end, whatever happens."""

    def __init__(self) -> None:
        from flows.settings import home
        from infra.embedded.stack import Stack

        self.home = home()
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            TimeElapsedColumn(),
            console=error_console,
            transient=True,
        )
        self._stack = Stack(self.home, self._tell)
        self._stopped = threading.Event()

    def __enter__(self) -> "_RunningStack":
        # a shell starts background jobs with SIGINT ignored; Ctrl-C and `kill` must end us all the same
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
        signal.signal(signal.SIGHUP, lambda *_: signal.raise_signal(signal.SIGINT))
        try:
            with self._progress:
                self._stack.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        console.print("stopping …")
        self._stack.stop()

    def wait(self) -> None:
        """Wait for Ctrl-C.

        Raises:
            QuaysideError: A part of the stack ended too often.
        """
        try:
            while not self._stopped.wait(1):
                for name in self._stack.revive():
                    console.print(f"{name} ended by itself and was started again; its log is in {self.home / 'logs'}")
        except KeyboardInterrupt:
            return

    def _tell(self, text: str) -> None:
        for task in self._progress.tasks:
            self._progress.update(task.id, visible=False)
        self._progress.add_task(text, total=None)
