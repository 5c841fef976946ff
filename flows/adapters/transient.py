"""Which failures of servers pass by themselves, so that trying again can help."""

import httpx
import psycopg
import urllib3
from minio.error import S3Error, ServerError

BUSY = {"InternalError", "ServiceUnavailable", "SlowDown", "RequestTimeout"}
"""What an object store says that is not ready or has too much to do."""


def is_transient(error: BaseException | None) -> bool:
    """Return whether trying again can help: a lost connection, a server that is away or busy."""
    if isinstance(error, S3Error):
        return error.code in BUSY
    return isinstance(
        error,
        psycopg.OperationalError
        | psycopg.InterfaceError
        | httpx.TransportError
        | urllib3.exceptions.HTTPError
        | ServerError
        | ConnectionError,
    )
