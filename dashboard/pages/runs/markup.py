"""What one run is, as markup: its head, its counts, its trace, its file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dashboard import formats
from dashboard.formats import escaped
from dashboard.pages.runs.listing import prefect_link
from dashboard.pages.runs.states import state_chip
from dashboard.parts.drawn import code, facts, parts_of, words
from dashboard.parts.table import Row
from dashboard.targets import check_pass, exceptions

if TYPE_CHECKING:
    from dashboard.visit import Visit


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
