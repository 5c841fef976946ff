"""What a pickup run and the worker that keeps it alive know of each other: a name, and whether the worker drains."""

import os
import socket

from flows.settings import home

WORKER_VARIABLE = "QUAYSIDE_WORKER"
DRAINING = "draining"
"""File in the home folder of a worker that is about to stop: nothing new is claimed there."""


def worker_name() -> str:
    """Return the name of the worker on which this process runs."""
    return os.environ.get(WORKER_VARIABLE, socket.gethostname())


def is_draining() -> bool:
    """Return whether the worker on which this process runs takes nothing new."""
    return (home() / DRAINING).exists()
