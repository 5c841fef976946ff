"""Commands about files and runs: status, land, runs, show, export, lineage, sample."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import Progress

from flows.cli.app import (
    COLUMNS,
    DatasetName,
    Json,
    Limit,
    Why,
    app,
    queries,
    resources,
    signed_in,
    spinner,
)
from flows.cli.watching import print_addresses, watch
from flows.core.errors import MistakeError
from flows.printing import console, error_console, print_json, print_sections, print_table


@app.command()
def status(as_json: Json = False) -> None:
    """Show what is going on: files by state, quality, runs under way, unclaimed objects."""
    parts = resources()
    told = queries().status(parts.warehouse)
    if as_json:
        print_json(told)
        return
    print_sections(told)
    print_table([_file_line(row) for row in queries().files(parts.warehouse, limit=10)], title="newest files")
    print_addresses()


@app.command()
def land(
    files: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, readable=True, help="CSV files.")],
    dataset: DatasetName = "",
    wait: Annotated[bool, typer.Option("--wait", help="Watch the files until they are loaded.")] = False,
    as_json: Json = False,
) -> None:
    """Put files into the landing bucket as one batch; the dataset is guessed from each header."""
    from flows.datasets import dataset as named
    from flows.services.landing import guess_dataset, upload

    parts = resources()
    chosen = [(path, named(dataset) if dataset else guess_dataset(path, parts.datasets)) for path in files]
    names = [(one.name, path.name) for path, one in chosen]
    if len(set(names)) < len(names):
        raise MistakeError("two of the files have the same name; land them one after the other")
    with spinner("uploading"):
        landed = upload(parts.settings, parts.warehouse, parts.store, signed_in(), chosen)
    if not as_json:
        console.print(f"{landed.batch}: {len(landed.keys)} files landed")
    is_good = watch(landed.batch, expected=len(landed.keys), quiet=as_json) if wait else True
    if as_json:
        print_json(
            {
                "batch": landed.batch,
                "keys": landed.keys,
                "files": queries().files(parts.warehouse, batch=landed.batch, limit=10_000),
            }
        )
    raise typer.Exit(0 if is_good else 1)


@app.command()
def retry(
    file: Annotated[int, typer.Argument(help="Number of the file, as `quayside status` shows it.")],
    why: Why = "",
    as_json: Json = False,
) -> None:
    """Let a file that failed or was rejected be tried again."""
    from flows.services.retries import retry as let_retry

    name = let_retry(resources().warehouse, signed_in(), file, reason=why)
    if as_json:
        print_json({"waits": name})
        return
    console.print(
        f"{name} waits for a worker again; `quayside status` shows how it goes", markup=False, highlight=False
    )


@app.command()
def runs(
    dataset: DatasetName = "",
    state: Annotated[str, typer.Option(help="RUNNING, COMPLETED, AWAITING_REVIEW, REJECTED or FAILED.")] = "",
    limit: Limit = 20,
    as_json: Json = False,
) -> None:
    """List the newest runs."""
    found = queries().runs(resources().warehouse, dataset=dataset, state=state, limit=limit)
    print_json(found) if as_json else print_table([_run_line(row) for row in found])


@app.command()
def show(run: Annotated[str, typer.Argument(help="Run id, or its first characters.")], as_json: Json = False) -> None:
    """Show one run: counts, measures, every control, what it holds, its audit events."""
    told = queries().show(resources().warehouse, run)
    print_json(told) if as_json else print_sections(told)


@app.command()
def export(
    dataset: Annotated[str, typer.Argument(help="sales_orders, telco_packages, …")],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File to write.")] = None,
    report: Annotated[str, typer.Option(help="A report of the dataset, such as reporting_telkom.")] = "",
    batch: Annotated[str, typer.Option(help="Batch of the report.")] = "",
    exceptions: Annotated[
        bool, typer.Option("--exceptions", help="Open exceptions with their findings, to be edited and imported.")
    ] = False,
    rule: Annotated[str, typer.Option(help="Only exceptions that break this rule.")] = "",
    run: Annotated[str, typer.Option(help="Only exceptions of this run.")] = "",
    as_json: Json = False,
) -> None:
    """Write the rows of a mart, a report of a batch, or the open exceptions as CSV."""
    from flows.datasets import dataset as named

    parts, chosen = resources(), named(dataset)
    with spinner(f"exporting {dataset}"):
        if exceptions:
            from flows.services.spreadsheets import export_exceptions

            target = output or Path(f"{dataset}_exceptions.csv")
            wanted = queries().Wanted(dataset=dataset, state="OPEN", rule=rule, run=run)
            rows = export_exceptions(parts.warehouse, signed_in(), chosen, wanted, target)
        elif report:
            from flows.services.reports import file_name

            one = next((one for one in chosen.reports if one.name == report), None)
            if one is None or not batch:
                known = ", ".join(one.name for one in chosen.reports) or "none"
                raise MistakeError(f"name a report of {dataset} ({known}) and its --batch")
            target = output or Path(file_name(one, batch))
            rows = queries().export_report(parts.warehouse, signed_in(), chosen, one, batch, target)
        else:
            target = output or Path(f"{dataset}.csv")
            rows = queries().export_rows(parts.warehouse, signed_in(), chosen, target)
    print_json({"file": str(target), "rows": rows}) if as_json else console.print(f"{rows:,} rows in {target}")


@app.command()
def lineage(
    dataset: Annotated[str, typer.Argument(help="sales_orders, telco_packages, …")],
    key: Annotated[str, typer.Argument(help="Key of a row (an order id), or RUN:LINE.")],
    as_json: Json = False,
) -> None:
    """Follow a row back to run, rules, file and the raw line itself, read from the archive."""
    from flows.datasets import dataset as named

    parts = resources()
    told = queries().lineage(parts.warehouse, parts.store, named(dataset), key)
    if as_json:
        print_json(told)
        return
    findings = told.pop("findings")
    row = told.pop("row") or {}
    history = {"corrections": told.pop("corrections"), "repairs": told.pop("repairs")}
    print_sections({"lineage": [told], "row": [row], "findings": findings, **history})


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
    with Progress(*COLUMNS, console=error_console, transient=True, disable=as_json) as progress:
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
