"""The parts of one run as markup."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from dashboard import formats
from dashboard.formats import escaped
from dashboard.pages.runs.listing import prefect_link
from dashboard.pages.runs.states import state_chip
from dashboard.parts.drawn import code, facts, lane, parts_of, words
from dashboard.parts.lineage import Box, lineage
from dashboard.parts.table import Column, Row, table_markup
from dashboard.parts.text import chip
from dashboard.store.runs import Stage
from dashboard.targets import check_pass, exceptions

if TYPE_CHECKING:
    from dashboard.visit import Visit

CONTROL_MEANINGS = {"PASSED": "good", "FAILED": "bad", "NOT_EVALUATED": "neutral"}


def head(run: Row, visit: Visit) -> str:
    """Return name, state, why it is so, and where else to look."""
    name, run_id = run["dataset"], run["run_id"]
    links = [f'<a href="{escaped(visit.link("runs"))}">All runs</a>']
    if run["rows_loaded"]:
        links.append(f'<a href="{escaped(visit.link("grid", dataset=name, run_id=run_id))}">Its rows</a>')
    if run["rows_held"]:
        links.append(f'<a href="{escaped(visit.link("exceptions", run=run_id))}">Its held rows</a>')
    links.append(f'<a href="{escaped(visit.link("audit", run=run_id))}">Its audit trail</a>')
    links.append(f'<a href="{escaped(visit.link("runs", file=run["file_id"]))}">All runs of this file</a>')
    links.append(prefect_link(visit, run_id, "Flow run in Prefect"))
    return (
        '<div class="q-stack">'
        f'<div class="q-head"><h2>{escaped(run["base_name"])}</h2>{state_chip(run)}</div>'
        f'<p class="q-says">{escaped(run["dataset_title"])} · {escaped(run["batch"])} · '
        f"started {escaped(formats.moment(run['started_at'], visit.parts.settings.business_time_zone))}, "
        f"took {escaped(formats.duration(run['taken']))}</p>"
        f'<div class="q-links">{"".join(link for link in links if link != formats.NOTHING)}</div>{_why(run)}</div>'
    )


def _why(run: Row) -> str:
    told = ""
    if run["is_silent"]:
        told += _note(
            "Its process gives no sign of life and publishes nothing any more. The next worker takes the file over.",
            True,
        )
    if run["reason"]:
        told += _note(run["reason"], run["state"] in ("FAILED", "REJECTED") and not run["is_duplicate"])
    if run["replaced_by_run"]:
        told += _note("A newer version of the file took its place.", False)
    if run["warnings"]:
        listed = "".join(f"<li>{escaped(one)}</li>" for one in run["warnings"])
        told += f'<div class="q-why"><strong>About the file as a whole</strong><ul>{listed}</ul></div>'
    return told


def _note(text: str, is_bad: bool) -> str:
    return f'<div class="q-why{" q-is-bad" if is_bad else ""}">{escaped(text)}</div>'


def counts(run: Row) -> str:
    """Return where the rows are, and the measures beside their targets."""
    if run["rows_read"] is None:
        return '<p class="q-note">No row was counted: the file was not read to its end.</p>'
    if run["state"] != "COMPLETED":
        return (
            f'<p class="q-note">Read and judged: {formats.many(run["rows_read"], "row")}; '
            "nothing is loaded or held, since the run published nothing.</p>"
        )
    closed = run["rows_held"] - run["exceptions_open"]
    shown = [("q-is-loaded", "loaded", run["rows_loaded"]), ("q-is-held", "held, open", run["exceptions_open"])]
    if closed:
        shown.append(("q-is-closed", "held for good", closed))
    measures = facts(
        {
            "Rows read": formats.count(run["rows_read"]),
            "First-pass quality": formats.share(run["first_pass_quality"]),
            "Final quality": formats.share(run["final_quality"]),
            "Check pass rate": check_pass(run["check_pass_rate"]),
            "Exception rate": exceptions(run["exception_rate"]),
            "Warnings": formats.count(run["warning_findings"]),
            "Corrected cells since": formats.count(run["corrections"]),
        }
    )
    return f'<div class="q-stack"><div>{parts_of(shown)}</div>{measures}</div>'


def picture(run: Row, stages: Sequence[Stage], visit: Visit) -> str:
    """Return the way from the source to mart and exceptions."""
    digest = run["sha256"]
    is_bad = run["state"] in ("FAILED", "REJECTED") or run["is_silent"]
    way = [
        Box(
            title="File landed",
            figure=formats.size(run["size_bytes"]),
            lines=(run["base_name"], f"by {run['landed_by']}"),
        ),
        Box(
            title="Archive",
            figure=digest[:10] if digest else formats.NOTHING,
            lines=("unchanged, by SHA-256" if digest else "not archived",),
        ),
        Box(
            title="Run",
            figure=formats.duration(run["taken"]),
            lines=(f"rules {run['rule_fingerprint'][:12]}", f"code {run['code_version']}"),
            meaning="bad" if is_bad else "",
        ),
        Box(
            title="Validate",
            figure=formats.count(run["rows_read"]),
            lines=("rows read and judged", f"{run['empty_lines'] or 0} empty lines"),
        ),
    ]
    return lineage(way, _lanes(run, {stage.name: stage for stage in stages}, visit), _in_words(run))


def _lanes(run: Row, stages: Mapping[str, Stage], visit: Visit) -> list[tuple[Box, Box]]:
    """Return the last two places of the rows that pass, and of those that do not."""
    if run["state"] != "COMPLETED":
        nothing = Box(title="Nothing published", figure="0", lines=("no row loaded or held",), meaning="bad")
        return [(Box(title="Publish", figure=formats.NOTHING, lines=(words(run["state"]),)), nothing)]
    closed = run["rows_held"] - run["exceptions_open"]
    return [
        (
            Box(title="Transform", figure=_rows_of(stages, "transform", "rows"), lines=("derived columns and", "sums")),
            Box(
                title="Mart",
                figure=formats.count(run["rows_loaded"]),
                lines=(
                    f"{run['dataset']}.{run['mart_table']}",
                    f"{formats.many(run['corrections'], 'cell')} corrected",
                ),
                meaning="good",
                href=visit.link("grid", dataset=run["dataset"], run_id=run["run_id"]),
            ),
        ),
        (
            Box(
                title="Exceptions",
                figure=_rows_of(stages, "exceptions", "rows_held"),
                lines=("held with all findings", "duplicates come on top"),
            ),
            Box(
                title="Held",
                figure=formats.count(run["rows_held"]),
                lines=(f"{formats.count(run['exceptions_open'])} open, {formats.count(closed)} closed",),
                meaning="held",
                href=visit.link("exceptions", run=run["run_id"]),
            ),
        ),
    ]


def _rows_of(stages: Mapping[str, Stage], name: str, count: str) -> str:
    return formats.count(stages[name].counts.get(count)) if name in stages else formats.NOTHING


def _in_words(run: Row) -> str:
    read = formats.many(run["rows_read"] or 0, "row")
    told = f"File {run['base_name']} was copied to the archive and read by this run: {read} read"
    if run["state"] != "COMPLETED":
        return f"{told}, nothing published."
    return f"{told}, {run['rows_loaded']} in the mart, {run['rows_held']} among the exceptions."


def timeline(run: Row, stages: Sequence[Stage]) -> str:
    """Return the stages on a line of time, which runs from the start of the run to its end."""
    if not stages:
        return '<p class="q-note">No stage began.</p>'
    begin = run["started_at"]
    whole = max(run["taken"].total_seconds(), 1e-6)

    def bar(stage: Stage) -> str:
        end = (stage.ended_at - begin).total_seconds() if stage.ended_at else whole
        is_bad = stage.ended_at is None and run["state"] != "RUNNING"
        return lane((stage.started_at - begin).total_seconds() / whole, end / whole, is_bad=is_bad)

    columns = (
        Column(
            title="Stage",
            markup=lambda row: (
                escaped(words(row["stage"].name))
                + (
                    ""
                    if row["stage"].ended_at
                    else f" {chip('did not end', 'bad' if run['state'] != 'RUNNING' else 'accent')}"
                )
                + (f"<small>tried {row['stage'].tries} times</small>" if row["stage"].tries > 1 else "")
            ),
        ),
        Column(title="When", markup=lambda row: bar(row["stage"])),
        Column(title="Seconds", show=lambda row: _seconds(row["stage"]), is_number=True),
        Column(title="Counts", markup=lambda row: f'<div class="q-wide">{escaped(_counts_of(row["stage"]))}</div>'),
    )
    return table_markup(
        [{"stage": stage} for stage in stages],
        columns,
        caption=f"{formats.duration(run['taken'])} in all; stages follow each other part by part, so they overlap",
    )


def _counts_of(stage: Stage) -> str:
    return ", ".join(
        formats.size(count) if name == "bytes" else f"{formats.count(count)} {name.replace('_', ' ')}"
        for name, count in stage.counts.items()
    )


def _seconds(stage: Stage) -> str:
    return formats.NOTHING if stage.ended_at is None else f"{(stage.ended_at - stage.started_at).total_seconds():.2f}"


def controls(rows: Sequence[Row], run: Row, visit: Visit) -> str:
    """Return every rule with its counts, what failed first."""
    if not rows:
        return '<p class="q-note">No rule judged a row of this run.</p>'
    link = visit.link
    columns = (
        Column(
            title="Control",
            markup=lambda row: f"{escaped(row['rule'])}<small>{escaped(row['sentence'])}</small>",
        ),
        Column(title="Result", markup=lambda row: chip(words(row["control"]), _meaning(row))),
        Column(title="Severity", show=lambda row: row["severity"]),
        Column(title="Tested", show=lambda row: formats.count(row["tested"]), is_number=True),
        Column(
            title="Failed",
            markup=lambda row: (
                f'<a href="{escaped(link("exceptions", run=run["run_id"], rule=row["rule"]))}">'
                f"{formats.count(row['failed'])}</a>"
                if row["failed"] and row["severity"] == "error" and run["state"] == "COMPLETED"
                else formats.count(row["failed"])
            ),
            is_number=True,
        ),
        Column(title="Not evaluated", show=lambda row: formats.count(row["not_evaluated"]), is_number=True),
    )
    return table_markup(rows, columns, caption=formats.many(len(rows), "control"))


def _meaning(row: Row) -> str:
    if row["control"] == "FAILED" and row["severity"] == "warning":
        return "held"
    return CONTROL_MEANINGS[row["control"]]


def held(rows: Sequence[Row], run: Row, visit: Visit) -> str:
    """Return held rows by reason and what became of them."""
    if not rows:
        return '<p class="q-note">No row of this run is or was held.</p>'

    def reason(row: Row) -> str:
        link = visit.link("exceptions", run=run["run_id"], category=row["category"], state=row["state"])
        return f'<a href="{escaped(link)}">{escaped(words(row["category"]))}</a>'

    columns = (
        Column(title="Reason", markup=reason),
        Column(
            title="State", markup=lambda row: chip(words(row["state"]), "held" if row["state"] == "OPEN" else "neutral")
        ),
        Column(title="Rows", show=lambda row: formats.count(row["rows_held"]), is_number=True),
    )
    return table_markup(rows, columns)


def trace(events: Sequence[Row]) -> str:
    """Return the traces of failures; empty where nothing failed."""
    return "".join(
        code(event["details"]["trace"], title="Trace of the failure, for whoever mends it", is_open=False)
        for event in events
        if event["details"].get("trace")
    )


def about(run: Row, visit: Visit) -> str:
    """Return what names file and run."""
    zone = visit.parts.settings.business_time_zone
    return facts(
        {
            "Run": f"<code>{escaped(run['run_id'])}</code>",
            "File": f"{escaped(run['file_id'])} ({escaped(words(run['file_state']))})",
            "Object": f"<code>{escaped(run['bucket'])}/{escaped(run['object_key'])}</code>",
            "Landed": f"{escaped(formats.moment(run['landed_at'], zone))} by {escaped(run['landed_by'])}",
            "Size": f"{formats.size(run['size_bytes'])}, {escaped(run['encoding'] or formats.NOTHING)}",
            "SHA-256": f"<code>{escaped(run['sha256'] or formats.NOTHING)}</code>",
            "Rules": f"<code>{escaped(run['rule_fingerprint'])}</code>, code {escaped(run['code_version'])}",
            "Claims of the file": formats.count(run["attempts"]),
        }
        | ({"Let go on by": escaped(run["let_go_on_by"])} if run["let_go_on_by"] else {})
    )
