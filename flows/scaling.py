"""Machines for large files: a Dask cluster that is there already, by its address; never one of our own."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from prefect import get_run_logger
from prefect.exceptions import MissingContextError
from prefect.logging import get_logger

from flows.services.spreading import Machines
from flows.settings import Settings

CONNECT_S = 10
STRETCHES_OF_A_THREAD = 2
MAX_AT_ONCE = 32
"""Stretches of 8 MiB that are kept in memory at most while machines judge them."""
_OF_THIS_FILE = {"timeout": CONNECT_S, "set_as_default": False}
"""Another file that is loaded at the same time makes a connection of its own."""


@contextmanager
def lent_machines(settings: Settings, size_bytes: int) -> Iterator[Machines | None]:
    """Yield what the cluster of the settings lends for a file; None for a small one, or where none answers.

    They judge by plain tasks of Dask over Prefect's connection to it: a task of Prefect for each stretch would cost
    more than the stretch. A `tls://` address takes its certificates from Dask's own settings.
    """
    if not settings.dask_address or size_bytes < settings.dask_min_bytes:
        yield None
        return
    with ExitStack() as stack:
        try:
            machines = _connected(settings.dask_address, stack)
        except (OSError, ValueError, ImportError) as error:
            _warn(f"no Dask cluster at {settings.dask_address}, the file is judged here: {error}")
            machines = None
        yield machines


def _connected(address: str, stack: ExitStack) -> Machines | None:
    import dask.config  # late: an extra, and most files need none of it
    from prefect_dask.task_runners import DaskTaskRunner

    stack.enter_context(dask.config.set({"distributed.admin.large-graph-warning-threshold": "64MB"}))
    runner = stack.enter_context(DaskTaskRunner(address=address, client_kwargs=_OF_THIS_FILE))
    threads = sum(runner.client.nthreads().values())
    if not threads:
        _warn(f"the Dask cluster at {address} has no worker, the file is judged here")
        return None
    return Machines(
        executor=runner.client.get_executor(pure=False),
        at_once=min(STRETCHES_OF_A_THREAD * threads, MAX_AT_ONCE),
        warn=_warn,
    )


def _warn(sentence: str) -> None:
    try:
        get_run_logger().warning("%s", sentence)
    except MissingContextError:
        get_logger("quayside").warning("%s", sentence)
