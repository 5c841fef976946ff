"""Commands that repair: exceptions, fix, release, waive, discard, import, correct, history, undo, review."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from flows.cli.app import (
    DatasetArgument,
    DatasetName,
    Json,
    Limit,
    Why,
    Yes,
    app,
    confirm,
    queries,
    resources,
    signed_in,
    told,
)
from flows.core.errors import MistakeError
from flows.printing import console, print_json, print_sections, print_table

Ids = Annotated[list[int] | None, typer.Argument(help="Numbers of exceptions, as `quayside exceptions` shows them.")]
CategoryOption = Annotated[str, typer.Option("--category", help="Primary category, such as MISSING_REQUIRED_FIELD.")]
RuleOption = Annotated[str, typer.Option("--rule", help="Code of a rule that the row breaks.")]
FileOption = Annotated[str, typer.Option("--file", help="Base name of the file, or its number.")]
RunOption = Annotated[str, typer.Option("--run", help="Run id, or its first characters.")]
StageOption = Annotated[
    str, typer.Option("--stage", help="Stage that held it: reading, validation, duplicates or correction.")
]
AgeOption = Annotated[float | None, typer.Option("--older-than", min=0, help="At least so many days old.")]
ValueOption = Annotated[str, typer.Option("--value", help="Text in one of the cells, or COLUMN=TEXT for a whole cell.")]
OfOption = Annotated[
    list[str] | None,
    typer.Option(
        "--of",
        help="NAME=TEXT of what can be read in held rows of the --dataset, such as region=North, "
        "ordered_on=2026-01-01..2026-01-31 or waits=yes.",
    ),
]
_MAX_SHOWN = 30


@app.command()
def exceptions(
    dataset: DatasetName = "",
    category: CategoryOption = "",
    rule: RuleOption = "",
    state: Annotated[str, typer.Option(help="OPEN, RELEASED, WAIVED, DISCARDED, SUPERSEDED, or all.")] = "OPEN",
    file: FileOption = "",
    run: RunOption = "",
    stage: StageOption = "",
    older_than: AgeOption = None,
    value: ValueOption = "",
    of: OfOption = None,
    limit: Limit = 20,
    as_json: Json = False,
) -> None:
    """List held rows with what is wrong with them."""
    from flows.services.queries import Wanted

    wanted = Wanted(
        dataset=dataset,
        category=category.upper(),
        rule=rule,
        state="" if state.lower() == "all" else state.upper(),
        file=file,
        run=run,
        stage=stage,
        older_than_days=older_than,
        value=value,
        says=_says(of),
    )
    warehouse = resources().warehouse
    found = queries().exceptions(warehouse, wanted, limit)
    told(found, as_json=as_json, line=_exception_line)
    if not as_json and len(found) == limit:
        console.print(f"{len(found):,} of {queries().count_exceptions(warehouse, wanted):,}; --limit shows more")


@app.command()
def fix(
    ids: Ids = None,
    sets: Annotated[
        list[str] | None, typer.Option("--set", help="COLUMN=TEXT, as it should have stood in the file.")
    ] = None,
    raw: Annotated[str, typer.Option(help="The whole record anew, for one that could not be read.")] = "",
    save: Annotated[bool, typer.Option("--save", help="Keep the correction for later; do not try it now.")] = False,
    dataset: DatasetName = "",
    category: CategoryOption = "",
    rule: RuleOption = "",
    file: FileOption = "",
    run: RunOption = "",
    stage: StageOption = "",
    older_than: AgeOption = None,
    value: ValueOption = "",
    of: OfOption = None,
    why: Why = "",
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Correct the raw text of held rows; those that the rules let stand are loaded."""
    from flows.services import repairs, rewriting
    from flows.services.repairs import Fix

    parts = resources()
    cells = dict(_assignment(one) for one in sets or [])
    if bool(cells) == bool(raw):
        raise MistakeError("say what should stand there: --set COLUMN=TEXT, or --raw with the whole record")
    numbers = _chosen(ids, dataset, category, rule, file, run, stage, older_than, value, of)
    if raw:
        if len(numbers) != 1:
            raise MistakeError("--raw rewrites one record; name one exception")
        fixes = [rewriting.rewritten(parts.warehouse, parts.store, parts.datasets, numbers[0], raw)]
    else:
        fixes = [Fix(exception_id=number, cells=cells) for number in numbers]
    if len(numbers) > 1:
        confirm(f"Write {cells} over {len(numbers):,} held rows?", is_sure=yes)
    act = repairs.save if save else repairs.release
    _tell(act(parts.warehouse, signed_in(), parts.datasets, fixes, reason=why), as_json)


@app.command()
def release(
    ids: Ids = None,
    as_update: Annotated[
        bool, typer.Option("--as-update", help="Let a row take the place of the one that stands under its key.")
    ] = False,
    dataset: DatasetName = "",
    category: CategoryOption = "",
    rule: RuleOption = "",
    file: FileOption = "",
    run: RunOption = "",
    stage: StageOption = "",
    older_than: AgeOption = None,
    value: ValueOption = "",
    of: OfOption = None,
    why: Why = "",
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Judge held rows again, with their saved corrections; those that pass are loaded."""
    from flows.services import repairs
    from flows.services.repairs import Fix

    parts = resources()
    numbers = _chosen(ids, dataset, category, rule, file, run, stage, older_than, value, of)
    if len(numbers) > 1:
        confirm(f"Judge {len(numbers):,} held rows again{' as updates' if as_update else ''}?", is_sure=yes)
    fixes = [Fix(exception_id=number) for number in numbers]
    _tell(
        repairs.release(parts.warehouse, signed_in(), parts.datasets, fixes, reason=why, is_update=as_update), as_json
    )


@app.command()
def waive(
    ids: Ids = None,
    grant: Annotated[bool, typer.Option("--grant", help="Grant what another person asked for.")] = False,
    dataset: DatasetName = "",
    category: CategoryOption = "",
    rule: RuleOption = "",
    file: FileOption = "",
    run: RunOption = "",
    stage: StageOption = "",
    older_than: AgeOption = None,
    value: ValueOption = "",
    of: OfOption = None,
    why: Why = "",
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Ask that held rows are loaded as they are; a second person grants it."""
    from flows.services import repairs
    from flows.services.repairs import Fix

    parts = resources()
    numbers = _chosen(ids, dataset, category, rule, file, run, stage, older_than, value, of)
    if len(numbers) > 1:
        confirm(f"{'Grant' if grant else 'Ask for'} {len(numbers):,} waivers?", is_sure=yes)
    fixes = [Fix(exception_id=number) for number in numbers]
    results = (
        repairs.grant_waiver(parts.warehouse, signed_in(), parts.datasets, fixes)
        if grant
        else repairs.ask_waiver(parts.warehouse, signed_in(), parts.datasets, fixes, reason=why)
    )
    _tell(results, as_json)


@app.command()
def discard(
    ids: Ids = None,
    dataset: DatasetName = "",
    category: CategoryOption = "",
    rule: RuleOption = "",
    file: FileOption = "",
    run: RunOption = "",
    stage: StageOption = "",
    older_than: AgeOption = None,
    value: ValueOption = "",
    of: OfOption = None,
    why: Why = "",
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Close held rows for good, with a reason."""
    from flows.services import repairs
    from flows.services.repairs import Fix

    parts = resources()
    numbers = _chosen(ids, dataset, category, rule, file, run, stage, older_than, value, of)
    if len(numbers) > 1:
        confirm(f"Discard {len(numbers):,} held rows for good?", is_sure=yes)
    fixes = [Fix(exception_id=number) for number in numbers]
    _tell(repairs.discard(parts.warehouse, signed_in(), parts.datasets, fixes, reason=why), as_json)


@app.command("import")
def import_corrections(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV from `export --exceptions`, edited.")],
    dataset: Annotated[str, typer.Option("--dataset", help="sales_orders, telco_packages, …")],
    why: Why = "",
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Bring held rows back that were edited in a spreadsheet; each line tells what came of it."""
    from flows.datasets import dataset as named
    from flows.services import repairs, spreadsheets

    parts = resources()
    brought = spreadsheets.read_corrections(parts.warehouse, named(dataset), file)
    if not as_json:
        console.print(f"{len(brought.fixes):,} lines were edited, {brought.unchanged:,} were not.")
    if brought.fixes:
        confirm(f"Write {len(brought.fixes):,} corrections?", is_sure=yes)
    _tell(repairs.release(parts.warehouse, signed_in(), parts.datasets, brought.fixes, reason=why), as_json)


@app.command()
def correct(
    dataset: DatasetArgument,
    row: Annotated[str, typer.Argument(help="Key of a loaded row (an order id), or RUN:LINE.")],
    sets: Annotated[list[str], typer.Argument(metavar="COLUMN=TEXT…", help="Cells as they should be.")],
    seen: Annotated[
        list[str] | None,
        typer.Option("--seen", help="COLUMN=TEXT that you saw before; a cell that has changed since is a conflict."),
    ] = None,
    why: Why = "",
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Correct cells of a loaded row; the rules judge it, and everything derived follows."""
    from flows.datasets import dataset as named
    from flows.services import corrections
    from flows.services.corrections import Edit

    parts, chosen = resources(), named(dataset)
    before = {chosen.column(name).name: text for name, text in map(_assignment, seen or [])}
    edits = []
    for name, text in map(_assignment, sets):
        column = chosen.column(name).name
        value = before.get(column)
        if column not in before:
            value = corrections.value_of(parts.warehouse, chosen, row, column)
            confirm(f"{column}: {value or '(missing)'} → {text or '(missing)'}?", is_sure=yes)
        edits.append(Edit(row=row, column=column, text=text, seen=value))
    done = corrections.correct(parts.warehouse, signed_in(), chosen, edits, reason=why)
    _tell_corrected([asdict(one) for one in done], as_json)


@app.command()
def history(
    dataset: DatasetArgument,
    row: Annotated[str, typer.Argument(help="Key of a loaded row, or RUN:LINE; the newest of all without.")] = "",
    conflicts: Annotated[
        bool, typer.Option("--conflicts", help="Corrections that could not follow to a new version.")
    ] = False,
    limit: Limit = 20,
    as_json: Json = False,
) -> None:
    """Show what people corrected, held or loaded, and what could not follow to a new version of its file."""
    from flows.datasets import dataset as named
    from flows.services import corrections
    from flows.services.held_cells import whole_history

    parts, chosen = resources(), named(dataset)
    if conflicts:
        told(corrections.conflicts(parts.warehouse, chosen.name), as_json=as_json)
    elif row:
        told(whole_history(parts.warehouse, chosen, row), as_json=as_json)
    else:
        told(corrections.newest(parts.warehouse, chosen, limit), as_json=as_json)


@app.command()
def undo(
    dataset: DatasetArgument,
    correction: Annotated[int, typer.Argument(help="Number of the correction, as `quayside history` shows it.")],
    conflict: Annotated[
        bool, typer.Option("--conflict", help="The number is that of a conflict: leave the new row as it is.")
    ] = False,
    why: Why = "",
    as_json: Json = False,
) -> None:
    """Take a correction back, by one more correction; or settle one that could not follow to a new version."""
    from flows.datasets import dataset as named
    from flows.services import corrections

    if conflict:
        corrections.settle_conflict(resources().warehouse, signed_in(), correction, reason=why)
        print_json({"conflict": correction}) if as_json else console.print(f"Conflict {correction} is settled.")
        return
    done = corrections.undo(resources().warehouse, signed_in(), named(dataset), correction, reason=why)
    _tell_corrected([asdict(done)], as_json)


@app.command()
def review(
    run: Annotated[str, typer.Argument(help="Run that waits, or its first characters; all of them without.")] = "",
    go_on: Annotated[bool, typer.Option("--go-on", help="Read the file again and publish it.")] = False,
    reject: Annotated[bool, typer.Option("--reject", help="Publish nothing of it.")] = False,
    why: Why = "",
    as_json: Json = False,
) -> None:
    """Show the runs that wait for a person, and why; let one go on or reject it."""
    from flows.services import reviews

    parts = resources()
    if not run:
        told(reviews.waiting(parts.warehouse), as_json=as_json)
        return
    run_id = queries().run_id(parts.warehouse, run)
    if go_on and reject:
        raise MistakeError("either --go-on or --reject")
    if go_on or reject:
        decide = reviews.let_go_on if go_on else reviews.reject
        decide(parts.warehouse, signed_in(), run_id, reason=why)
        done = "goes on: a new run reads it again" if go_on else "is rejected"
        print_json({"run_id": str(run_id), "decision": "GO_ON" if go_on else "REJECT"}) if as_json else console.print(
            f"Run {run_id} {done}."
        )
        return
    found = reviews.why(parts.warehouse, run_id)
    print_json(found) if as_json else print_sections(found)


def _chosen(
    ids: list[int] | None,
    dataset: str,
    category: str,
    rule: str,
    file: str,
    run: str,
    stage: str,
    older_than: float | None,
    value: str,
    of: list[str] | None,
) -> list[int]:
    """Return the numbers that a person named, or those of the open exceptions that the options choose."""
    from flows.services.queries import Wanted

    filters = (dataset, category, rule, file, run, stage, value, of)
    if ids:
        if any(filters) or older_than is not None:
            raise MistakeError("name exceptions by their numbers or choose them by options, not both")
        return ids
    if not any(filters) and older_than is None:
        raise MistakeError("name exceptions by their numbers, or choose them with --rule, --run and the like")
    wanted = Wanted(
        dataset=dataset,
        category=category,
        rule=rule,
        state="OPEN",
        file=file,
        run=run,
        stage=stage,
        older_than_days=older_than,
        value=value,
        says=_says(of),
    )
    return [row["exception_id"] for row in queries().exceptions(resources().warehouse, wanted)]


def _says(of: list[str] | None) -> tuple[tuple[str, str], ...]:
    return tuple(_assignment(one) for one in of or [])


def _assignment(one: str) -> tuple[str, str]:
    name, is_given, text = one.partition("=")
    if not is_given or not name.strip():
        raise MistakeError(f"{one!r}: expected COLUMN=TEXT, such as region=North")
    return name.strip(), text


def _tell(results: list[Any], as_json: bool) -> None:  # Any: results of a service that is imported late
    is_done = not results or any(one.act not in ("STILL_OPEN", "CONFLICT") for one in results)
    if as_json:
        print_json([asdict(one) for one in results])
        raise typer.Exit(0 if is_done else 1)
    counts: dict[str, int] = {}
    for one in results:
        counts[one.act] = counts.get(one.act, 0) + 1
    shown = [one for one in results if one.messages or len(results) <= _MAX_SHOWN][:_MAX_SHOWN]
    if shown:
        print_table([{"no": one.exception_id, "what": one.act, "why": "; ".join(one.messages)} for one in shown])
    if len(shown) < len(results):
        console.print(f"… {len(results) - len(shown):,} more; --json shows all" if shown else "--json shows each row")
    console.print(" · ".join(f"{count:,} {act}" for act, count in sorted(counts.items())) or "nothing to do")
    raise typer.Exit(0 if is_done else 1)


def _tell_corrected(done: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        print_json(done)
    elif not done:
        console.print("Nothing to do: the cells say so already.")
    for one in [] if as_json else done:
        console.print(
            f"{one['correction_id']}: {one['column']} {one['old_value'] or '(missing)'} → "
            f"{one['new_value'] or '(missing)'}",
            markup=False,
            highlight=False,
        )
        for warning in one["warnings"]:
            console.print(f"   warning: {warning}", markup=False, highlight=False)


def _exception_line(row: dict[str, Any]) -> dict[str, Any]:
    cells = {**(row["cells"] or {}), **(row["corrected"] or {})} or {"": row["raw_text"]}
    return {
        "no": row["exception_id"],
        "file": row["base_name"],
        "run": str(row["run_id"])[:8],
        "line": row["line"],
        "state": row["state"],
        "tries": row["attempts"],
        "why": "; ".join(row["findings"] or [row["reason"] or row["category"]]),
        "row": " ".join(cells.values()),
    }
