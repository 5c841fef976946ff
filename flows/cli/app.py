"""What every group of commands uses: the app, common options, late imports, the signed-in person."""

import json
import sys
from collections.abc import Callable, Sequence
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from flows.core.errors import RefusedError
from flows.printing import error_console, print_json, print_table

app = typer.Typer(
    name="quayside",
    help="Drop a CSV, get marts, dashboards and an audit trail that add up.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
DatasetName = Annotated[str, typer.Option("--dataset", help="sales_orders, telco_packages, …")]
DatasetArgument = Annotated[str, typer.Argument(help="sales_orders, telco_packages, …")]
Limit = Annotated[int, typer.Option(min=1, help="Rows at most.")]
Why = Annotated[str, typer.Option("--why", help="The reason, kept in the audit trail.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
COLUMNS = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
SESSION_FILE = "session.json"


def resources() -> Any:  # Any: the import is late, so that --help is quick
    from flows.resources import resources

    return resources()


def queries() -> Any:  # Any: as above
    from flows.services import queries

    return queries


def signed_in() -> Any:  # Any: as above
    """Return who is signed in on this machine.

    Raises:
        RefusedError: Nobody is.
    """
    from flows.services.accounts import SignedIn
    from flows.settings import home

    path = home() / SESSION_FILE
    if not path.exists():
        raise RefusedError("nobody is signed in here: use `quayside login`")
    return SignedIn(**json.loads(path.read_text()))


def spinner(text: str) -> Progress:
    """Return a spinner with the time."""
    progress = Progress(SpinnerColumn(), TextColumn(text), TimeElapsedColumn(), console=error_console, transient=True)
    progress.add_task(text, total=None)
    return progress


def confirm(question: str, *, is_sure: bool) -> None:
    """Ask a person at a terminal; a program is not asked.

    Raises:
        typer.Abort: The person said no.
    """
    if not is_sure and sys.stdin.isatty():
        typer.confirm(question, abort=True)


def told(
    rows: Sequence[dict[str, Any]], *, as_json: bool, line: Callable[[dict[str, Any]], dict[str, Any]] = dict
) -> None:
    """Print rows as JSON for programs or as a table for people."""
    print_json(list(rows)) if as_json else print_table([line(row) for row in rows])
