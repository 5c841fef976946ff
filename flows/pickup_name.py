"""How a pickup run and the worker that keeps it alive name each other."""

import os
import socket

WORKER_VARIABLE = "QUAYSIDE_WORKER"


def worker_name() -> str:
    """Return the name of the worker on which this process runs."""
    return os.environ.get(WORKER_VARIABLE, socket.gethostname())
