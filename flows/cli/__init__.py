"""`quayside …`: what engineers do from a shell. Every command has a table for people and `--json` for programs."""

import sys

import psycopg
import sqlalchemy.exc
import urllib3
from pydantic import ValidationError

from flows.cli import files, people, proof, references, repair, stack
from flows.cli.app import app
from flows.core.errors import QuaysideError
from flows.printing import error_console

__all__ = ["app", "files", "main", "people", "proof", "references", "repair", "stack"]


def main() -> None:
    """Run the command line; a user's mistake is one line on stderr and exit code 1."""
    try:
        app()
    except QuaysideError as error:
        _fail(str(error))
    except (psycopg.errors.QueryCanceled, psycopg.errors.DeadlockDetected, psycopg.errors.LockNotAvailable):
        _fail("the database was busy with the same rows for too long; nothing was written, try again")
    except (psycopg.OperationalError, sqlalchemy.exc.OperationalError, urllib3.exceptions.HTTPError):
        _fail("the stack does not answer; start it with `quayside up`, and see its logs if it should be up")
    except ValidationError as error:
        _fail(f"a setting can't be read: {error.errors()[0]['loc']}: {error.errors()[0]['msg']}")
    except OSError as error:
        _fail(str(error))
    except KeyboardInterrupt:
        sys.exit(130)


def _fail(sentence: str) -> None:
    error_console.print(f"quayside: {sentence}", markup=False, highlight=False, soft_wrap=True)
    sys.exit(1)
