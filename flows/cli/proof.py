"""Commands that prove: replay, verify-audit."""

from dataclasses import asdict
from typing import Annotated, Any

import typer

from flows.cli.app import Json, Why, Yes, app, confirm, queries, resources, signed_in
from flows.core.errors import MistakeError
from flows.printing import console, print_json, print_table

_MAX_SHOWN = 50


@app.command()
def replay(
    run: Annotated[str, typer.Argument(help="Run id, or its first characters.")] = "",
    every: Annotated[bool, typer.Option("--all", help="Every completed run, oldest first, then every figure.")] = False,
    apply: Annotated[bool, typer.Option("--apply", help="Write what is computed over what is stored.")] = False,
    why: Why = "",
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Compute a run again from the archive and compare it with what is stored; exit code 1 if anything differs."""
    from flows.services import comparing, proving, rebuilding

    parts, actor = resources(), signed_in()
    if bool(run) == every:
        raise MistakeError("name one run, or say --all")
    if apply and every:
        raise MistakeError("--apply changes one run at a time")
    found = (
        [row["run_id"] for row in queries().completed_runs(parts.warehouse)]
        if every
        else [queries().run_id(parts.warehouse, run)]
    )
    if apply:
        confirm(f"Write what is computed over run {found[0]}?", is_sure=yes)
    folder = parts.settings.scratch_folder
    results: list[Any] = []  # of a service that is imported late
    for run_id in found:
        if apply:
            result = rebuilding.rebuild(parts.warehouse, parts.store, actor, parts.datasets, run_id, folder, reason=why)
        else:
            result = comparing.replay(parts.warehouse, parts.store, actor, parts.datasets, run_id, folder)
        results.append(result)
        if not as_json:
            _tell(result, is_applied=apply)
    figures = (
        {name: proving.figures_that_differ(parts.warehouse, one) for name, one in parts.datasets.items()}
        if every
        else {}
    )
    if as_json:
        runs = [asdict(result) | {"is_identical": result.is_identical} for result in results]
        print_json({"runs": runs, "figures_that_differ": figures} if every else runs)
    else:
        _tell_figures(figures)
    is_good = apply or all(result.is_identical for result in results)
    raise typer.Exit(0 if is_good and not any(figures.values()) else 1)


@app.command()
def verify_audit(as_json: Json = False) -> None:
    """Check every audit event, the chain and its published heads; exit code 1 if anything is wrong."""
    from flows.services.proving import verify_audit as verify

    parts = resources()
    proof = verify(parts.warehouse, parts.store)
    if as_json:
        print_json(asdict(proof))
    else:
        for problem in proof.problems:
            console.print(problem, markup=False, highlight=False)
        console.print(
            f"{proof.events:,} events, {proof.chained:,} of them chained, {proof.heads:,} published heads: "
            f"{'whole' if not proof.problems else f'{len(proof.problems):,} problems'}"
        )
    raise typer.Exit(1 if proof.problems else 0)


def _tell_figures(figures: dict[str, list[dict[str, Any]]]) -> None:
    for dataset, rows in figures.items():
        if rows:
            print_table(rows, title=f"{dataset}: figures that are not what the rows add up to")
        else:
            console.print(f"{dataset}: the figures are what the rows add up to")


def _tell(result: Any, *, is_applied: bool) -> None:  # Any: of a service that is imported late
    if result.is_identical:
        console.print(f"{result.run_id}: identical, {result.rows_read:,} rows")
        return
    print_table([asdict(one) for one in result.differences[:_MAX_SHOWN]])
    shown = min(_MAX_SHOWN, len(result.differences))
    if shown < result.different:
        console.print(f"… {result.different - shown:,} more")
    console.print(
        f"{result.run_id}: {result.different:,} differences in {result.rows_read:,} rows"
        f"{', written as computed' if is_applied else ''}"
    )
