"""Files on their way, shown to a person."""

import time
from typing import Any

from rich.progress import Progress

from flows.cli.app import COLUMNS, queries, resources
from flows.core.errors import QuaysideError
from flows.printing import console, error_console

ENDED = ("COMPLETED", "AWAITING_REVIEW", "REJECTED", "FAILED", "DUPLICATE")
GOOD = ("COMPLETED", "DUPLICATE")


def print_addresses() -> None:
    settings = resources().settings
    from flows.settings import STACK_FILE, home

    url = settings.database_url.get_secret_value()
    shown = f"postgresql://…@{url.rpartition('@')[2]}"
    console.print(f"Dashboard   http://127.0.0.1:{settings.dashboard_port} (sign in with an account)")
    console.print(
        f"Prefect UI  {settings.prefect_ui_url} (sign in with QUAYSIDE_PREFECT_AUTH in {home() / STACK_FILE})"
    )
    console.print(f"Database    {shown} (QUAYSIDE_DATABASE_URL in {home() / STACK_FILE})")
    console.print(f"Bucket      s3://{settings.landing_bucket} at http://{settings.s3_endpoint}")


def watch(batch: str, *, expected: int | None = None, quiet: bool = False, timeout_s: float = 3600) -> bool:
    """Show the files of a batch being loaded, with live progress; return whether every one was, without a failure."""
    warehouse = resources().warehouse
    until = time.monotonic() + timeout_s
    told: set[int] = set()
    with Progress(*COLUMNS, console=error_console, transient=True, disable=quiet) as progress:
        bar = progress.add_task(f"loading {batch}", total=expected)
        while time.monotonic() < until:
            files = queries().files(warehouse, batch=batch, limit=10_000)
            ended = [file for file in files if file["state"] in ENDED]
            progress.update(bar, completed=len(ended), total=expected or len(files))
            for file in ended:
                if file["file_id"] not in told and not quiet:
                    told.add(file["file_id"])
                    _print_file(warehouse, file)
            if ended and len(ended) >= (expected or len(files)):
                return all(file["state"] in GOOD for file in ended)
            time.sleep(0.3)
    raise QuaysideError(f"{batch} was not loaded within {timeout_s:.0f} s; see `quayside status` and the worker's log")


def _print_file(warehouse: Any, file: dict[str, Any]) -> None:  # Any: as above
    found = warehouse.rows(
        "select rows_read, rows_loaded_at_first_pass as loaded from platform.run where run_id = %(run_id)s",
        run_id=file["run_id"],
    )
    counts = found[0] if found else {}
    held = warehouse.rows(
        """
        select category, sum(rows_held) as held from platform.held_by_category
        where run_id = %(run_id)s group by category order by category
        """,
        run_id=file["run_id"],
    )
    console.print(f"{file['state']:<15} {file['base_name']}", markup=False, highlight=False, soft_wrap=True)
    if counts.get("rows_read") is not None:
        told = [f"{counts['rows_read']:,} read", f"{counts['loaded']:,} loaded"]
        told += [f"{row['held']:,} held: {row['category']}" for row in held]
        console.print(f"{'':<15} {' · '.join(told)}", markup=False, highlight=False, soft_wrap=True)
    if file["reason"]:
        console.print(f"{'':<15} {file['reason']}", markup=False, highlight=False, soft_wrap=True)
    console.print(f"{'':<15} run {file['run_id']}", style="dim", markup=False, highlight=False, soft_wrap=True)
