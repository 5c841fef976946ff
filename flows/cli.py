"""`quayside …`: what engineers do from a shell. Every command has a table for people and `--json` for programs."""

import getpass
import signal
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import psycopg
import sqlalchemy.exc
import typer
import urllib3
from pydantic import ValidationError
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from flows.core.errors import MistakeError, QuaysideError
from flows.printing import console, error_console, print_json, print_sections, print_table

app = typer.Typer(
    name="quayside",
    help="Drop a CSV, get marts, dashboards and an audit trail that add up.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
DatasetName = Annotated[str, typer.Option("--dataset", help="sales_orders, telco_packages, …")]
Limit = Annotated[int, typer.Option(min=1, help="Rows at most.")]
ENDED = ("COMPLETED", "AWAITING_REVIEW", "REJECTED", "FAILED", "DUPLICATE")
GOOD = ("COMPLETED", "DUPLICATE")


def main() -> None:
    """Run the command line; a user's mistake is one line on stderr and exit code 1."""
    try:
        app()
    except QuaysideError as error:
        _fail(str(error))
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


@app.command()
def up() -> None:
    """Start the stack on this machine and keep it up until Ctrl-C."""
    with _RunningStack() as stack:
        _print_addresses()
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
        parts = _resources()
        batch = drop_samples(parts, stack.home)
        if batch.is_old:
            console.print(f"The sample files of this data folder were dropped before, as {batch.name}:")
        is_good = _watch(batch.name)
        _print_addresses()
        if once:
            raise typer.Exit(0 if is_good else 1)
        console.print("Ctrl-C stops everything.")
        stack.wait()


@app.command()
def worker() -> None:
    """Run the worker of this machine: `quayside up` starts one, a server has one per container."""
    from flows.settings import home, read_settings
    from infra.worker import Worker

    Worker(read_settings(), home()).run()


@app.command()
def migrate(as_json: Json = False) -> None:
    """Bring the database to the state that this version expects."""
    from flows.adapters.migrations import migrate as apply

    parts = _resources()
    applied = apply(parts.warehouse, parts.datasets)
    if as_json:
        print_json({"applied": list(applied)})
    else:
        console.print("\n".join(applied) if applied else "Nothing to apply: the database is up to date.")


@app.command()
def status(as_json: Json = False) -> None:
    """Show what is going on: files by state, quality, runs under way, unclaimed objects."""
    parts = _resources()
    told = _queries().status(parts.warehouse)
    if as_json:
        print_json(told)
        return
    print_sections(told)
    print_table([_file_line(row) for row in _queries().files(parts.warehouse, limit=10)], title="newest files")
    _print_addresses()


@app.command()
def land(
    files: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, readable=True, help="CSV files.")],
    dataset: DatasetName = "",
    wait: Annotated[bool, typer.Option("--wait", help="Watch the files until they are loaded.")] = False,
    as_json: Json = False,
) -> None:
    """Put files into the landing bucket as one batch; the dataset is guessed from each header."""
    from flows.datasets import dataset as named
    from flows.services.landing import guess_dataset
    from flows.services.landing import land as put

    parts = _resources()
    chosen = [(path, named(dataset) if dataset else guess_dataset(path, parts.datasets)) for path in files]
    names = [(one.name, path.name) for path, one in chosen]
    if len(set(names)) < len(names):
        raise MistakeError("two of the files have the same name; land them one after the other")
    with _spinner("uploading"):
        landed = put(parts.settings, parts.warehouse, parts.store, chosen, by_whom=getpass.getuser())
    if not as_json:
        console.print(f"{landed.batch}: {len(landed.keys)} files landed")
    is_good = _watch(landed.batch, expected=len(landed.keys), quiet=as_json) if wait else True
    if as_json:
        print_json(
            {
                "batch": landed.batch,
                "keys": landed.keys,
                "files": _queries().files(parts.warehouse, batch=landed.batch, limit=10_000),
            }
        )
    raise typer.Exit(0 if is_good else 1)


@app.command()
def runs(
    dataset: DatasetName = "",
    state: Annotated[str, typer.Option(help="RUNNING, COMPLETED, AWAITING_REVIEW, REJECTED or FAILED.")] = "",
    limit: Limit = 20,
    as_json: Json = False,
) -> None:
    """List the newest runs."""
    found = _queries().runs(_resources().warehouse, dataset=dataset, state=state, limit=limit)
    print_json(found) if as_json else print_table([_run_line(row) for row in found])


@app.command()
def show(run: Annotated[str, typer.Argument(help="Run id, or its first characters.")], as_json: Json = False) -> None:
    """Show one run: counts, measures, every control, what it holds, its audit events."""
    told = _queries().show(_resources().warehouse, run)
    print_json(told) if as_json else print_sections(told)


@app.command()
def exceptions(
    dataset: DatasetName = "",
    category: Annotated[str, typer.Option(help="Primary category, such as MISSING_REQUIRED_FIELD.")] = "",
    rule: Annotated[str, typer.Option(help="Code of a rule that the row breaks.")] = "",
    state: Annotated[str, typer.Option(help="OPEN, RELEASED, WAIVED, DISCARDED, SUPERSEDED, or all.")] = "OPEN",
    run: Annotated[str, typer.Option(help="Run id, or its first characters.")] = "",
    limit: Limit = 20,
    as_json: Json = False,
) -> None:
    """List held rows with what is wrong with them."""
    found = _queries().exceptions(
        _resources().warehouse,
        dataset=dataset,
        category=category,
        rule=rule,
        state="" if state == "all" else state,
        run=run,
        limit=limit,
    )
    print_json(found) if as_json else print_table([_exception_line(row) for row in found])


@app.command()
def export(
    dataset: Annotated[str, typer.Argument(help="sales_orders, telco_packages, …")],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File to write.")] = None,
    report: Annotated[str, typer.Option(help="A report of the dataset, such as reporting_telkom.")] = "",
    batch: Annotated[str, typer.Option(help="Batch of the report.")] = "",
    as_json: Json = False,
) -> None:
    """Write the rows of a mart, or a report of a batch, as CSV."""
    from flows.datasets import dataset as named

    parts, chosen = _resources(), named(dataset)
    with _spinner(f"exporting {dataset}"):
        if report:
            one = next((one for one in chosen.reports if one.name == report), None)
            if one is None or not batch:
                known = ", ".join(one.name for one in chosen.reports) or "none"
                raise MistakeError(f"name a report of {dataset} ({known}) and its --batch")
            target = output or Path(f"{report}_{batch.removeprefix('batch_')}.csv")
            rows = _queries().export_report(parts.warehouse, chosen, one, batch, target, by_whom=getpass.getuser())
        else:
            target = output or Path(f"{dataset}.csv")
            rows = _queries().export_rows(parts.warehouse, chosen, target, by_whom=getpass.getuser())
    print_json({"file": str(target), "rows": rows}) if as_json else console.print(f"{rows:,} rows in {target}")


@app.command()
def lineage(
    dataset: Annotated[str, typer.Argument(help="sales_orders, telco_packages, …")],
    key: Annotated[str, typer.Argument(help="Key of a row (an order id), or RUN:LINE.")],
    as_json: Json = False,
) -> None:
    """Follow a row back to run, rules, file and the raw line itself, read from the archive."""
    from flows.datasets import dataset as named

    parts = _resources()
    told = _queries().lineage(parts.warehouse, parts.store, named(dataset), key)
    if as_json:
        print_json(told)
        return
    findings = told.pop("findings")
    row = told.pop("row") or {}
    print_sections({"lineage": [told], "row": [row], "findings": findings})


@app.command()
def sample(
    dataset: Annotated[str, typer.Argument(help="sales_orders, telco_packages, …")],
    folder: Annotated[Path, typer.Option(help="Where to write.")] = Path(),
    rows: Annotated[
        int | None, typer.Option(min=1, help="Rows of each file; by default the dataset's own number.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Equal seeds give equal files.")] = 1,
    defects: Annotated[float, typer.Option(min=0, max=1, help="Share of rows with a defect.")] = 0.12,
    share: Annotated[
        list[str] | None, typer.Option(help="Share of one defect as RULE=0.01; then only the named ones.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Write sample files with every defect that the rules of a dataset know."""
    from flows.datasets import dataset as named
    from flows.services.samples import write_samples

    chosen = named(dataset)
    shares = dict(_share(told) for told in share) if share else None
    total = (rows or chosen.sample_rows) * len(chosen.sample_names(seed, datetime.now(UTC).date()))
    with Progress(*_COLUMNS, console=error_console, transient=True, disable=as_json) as progress:
        bar = progress.add_task(f"writing {dataset}", total=total)
        paths = write_samples(
            chosen,
            folder,
            rows=rows,
            seed=seed,
            today=datetime.now(UTC).date(),
            share=defects,
            shares=shares,
            told=lambda count: progress.advance(bar, count),
        )
    if as_json:
        print_json({"files": [str(path) for path in paths]})
    else:
        for path in paths:
            console.print(f"{path} ({path.stat().st_size:,} bytes)")


_COLUMNS = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())


def _share(told: str) -> tuple[str, float]:
    name, _, value = told.partition("=")
    try:
        return name, float(value)
    except ValueError:
        raise MistakeError(f"--share {told}: expected RULE=0.01") from None


def _run_line(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "run": str(row["run_id"])[:8],
        "file": row["name"],
        "state": row["state"],
        "took": row["duration"],
        "read": row["rows_read"],
        "loaded": row["rows_loaded_at_first_pass"],
        "held": row["rows_held_at_first_pass"],
        "why": row["reason"],
    }


def _file_line(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "no": row["file_id"],
        "file": row["base_name"],
        "batch": row["batch"],
        "state": row["state"],
        "landed": row["landed_at"],
        "by": row["landed_by"],
        "why": row["reason"],
    }


def _exception_line(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "no": row["exception_id"],
        "run": str(row["run_id"])[:8],
        "line": row["line"],
        "state": row["state"],
        "why": "; ".join(row["findings"] or [row["category"]]),
        "row": " ".join((row["cells"] or {"": row["raw_text"]}).values()),
    }


def _resources() -> Any:  # Any: the import is late, so that --help is quick
    from flows.resources import resources

    return resources()


def _queries() -> Any:  # Any: as above
    from flows.services import queries

    return queries


def _spinner(text: str) -> Progress:
    progress = Progress(SpinnerColumn(), TextColumn(text), TimeElapsedColumn(), console=error_console, transient=True)
    progress.add_task(text, total=None)
    return progress


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
            QuaysideError: A part of the stack ended by itself.
        """
        try:
            while not self._stopped.wait(1):
                if failed := self._stack.failed():
                    raise QuaysideError(f"{', '.join(failed)} ended by itself; its log is in {self.home / 'logs'}")
        except KeyboardInterrupt:
            return

    def _tell(self, text: str) -> None:
        for task in self._progress.tasks:
            self._progress.update(task.id, visible=False)
        self._progress.add_task(text, total=None)


def _print_addresses() -> None:
    settings = _resources().settings
    from flows.settings import STACK_FILE, home

    url = settings.database_url.get_secret_value()
    shown = f"postgresql://…@{url.rpartition('@')[2]}"
    console.print(
        f"Prefect UI  {settings.prefect_ui_url} (sign in with QUAYSIDE_PREFECT_AUTH in {home() / STACK_FILE})"
    )
    console.print(f"Database    {shown} (QUAYSIDE_DATABASE_URL in {home() / STACK_FILE})")
    console.print(f"Bucket      s3://{settings.landing_bucket} at http://{settings.s3_endpoint}")


def _watch(batch: str, *, expected: int | None = None, quiet: bool = False, timeout_s: float = 3600) -> bool:
    """Show the files of a batch being loaded, with live progress; return whether every one was, without a failure."""
    warehouse = _resources().warehouse
    until = time.monotonic() + timeout_s
    told: set[int] = set()
    with Progress(*_COLUMNS, console=error_console, transient=True, disable=quiet) as progress:
        bar = progress.add_task(f"loading {batch}", total=expected)
        while time.monotonic() < until:
            files = _queries().files(warehouse, batch=batch, limit=10_000)
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


if __name__ == "__main__":
    main()
