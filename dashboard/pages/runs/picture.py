"""The way of a run's rows from source to mart, as a picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from dashboard import formats
from dashboard.parts.drawn import words
from dashboard.parts.lineage import Box, lineage
from dashboard.parts.table import Row
from dashboard.store.runs import Stage

if TYPE_CHECKING:
    from dashboard.visit import Visit


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
