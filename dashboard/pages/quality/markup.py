"""The parts of the page of quality as markup."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dashboard import formats, targets
from dashboard.charts.spark import spark
from dashboard.formats import escaped
from dashboard.parts.drawn import words
from dashboard.parts.table import Column, Row, table_markup
from dashboard.parts.text import chip
from dashboard.parts.tile import tile_markup
from dashboard.store.quality import Missing, Volume
from dashboard.theme import SERIES
from flows.core.history import MIN_HISTORY, Standing, Usual

if TYPE_CHECKING:
    from dashboard.visit import Visit

CONTROLS = {"PASSED": "good", "FAILED": "bad", "NOT_EVALUATED": "neutral"}
STANDINGS = {
    Standing.USUAL: "good",
    Standing.ABOVE: "held",
    Standing.BELOW: "held",
    Standing.TOO_FEW: "neutral",
}
UNUSUAL = (
    "A file is far off where it is further from the median of the files before it (up to 30 of its dataset, at least "
    f"{MIN_HISTORY}) than four times their own median distance from it"
)
VOLUME = "and than a tenth of it."
MISSING = "and than two points."
CHECKS_AIM, EXCEPTIONS_AIM = "target\u00a0>\u00a095\u00a0%", "target\u00a0<\u00a05\u00a0%"
PAIRS = 12
SOURCES = {"rule": "by its rule", "count": "counted while loading"}


def tiles(total: Row, visit: Visit, dataset: str) -> list[str]:
    """Return the four measures of everything that is chosen."""
    rows, link = total["rows_read"], visit.link
    read = (
        f"of {formats.many(rows, 'row')} in {formats.many(total['runs'], 'file')}" if rows else "no rows in this period"
    )
    loaded, held = formats.many(total["rows_loaded"] or 0, "row"), formats.many(total["rows_held"], "row")
    checks = f"{formats.count(total['checks_passed'])} of {formats.many(total['checks_evaluated'] or 0, 'check')}"
    check, exception = (
        targets.is_check_pass_met(total["check_pass_rate"]),
        targets.is_exceptions_met(total["exception_rate"]),
    )
    return [
        tile_markup(
            "First-pass quality",
            formats.share(total["first_pass_quality"]),
            note=f"loaded at once, {read}" if rows else read,
        ),
        tile_markup(
            "Final quality", formats.share(total["final_quality"]), note=f"{loaded} loaded, corrections included"
        ),
        tile_markup(
            "Check pass rate",
            formats.share(total["check_pass_rate"]),
            change=targets.verdict(check),
            note=f"{checks}; {CHECKS_AIM}; {formats.many(total['warnings'], 'warning')} apart",
        ),
        tile_markup(
            "Exception rate",
            formats.share(total["exception_rate"]),
            change=targets.verdict(exception),
            note=f"{held} held, {formats.count(total['exceptions_open'])} open; {EXCEPTIONS_AIM}",
            href=link("exceptions", dataset=dataset),
        ),
    ]


def measures(first: Column, last: Sequence[Column] = ()) -> tuple[Column, ...]:
    """Return the columns of a table of measures."""
    return (
        first,
        Column(title="Rows", show=lambda row: formats.count(row["rows_read"]), is_number=True),
        Column(title="First pass", show=lambda row: formats.share(row["first_pass_quality"]), is_number=True),
        Column(title="Final", show=lambda row: formats.share(row["final_quality"]), is_number=True),
        Column(title="Checks > 95 %", markup=lambda row: targets.check_pass(row["check_pass_rate"]), is_number=True),
        Column(title="Exceptions < 5 %", markup=lambda row: targets.exceptions(row["exception_rate"]), is_number=True),
        Column(title="Warnings", show=lambda row: formats.count(row["warnings"]), is_number=True),
        *last,
    )


def datasets(rows: Sequence[Row], titles: Mapping[str, str], visit: Visit, period: Mapping[str, object]) -> str:
    """Return the measures of each dataset."""
    if not rows:
        return _nothing(visit)

    def name(row: Row) -> str:
        link = escaped(visit.link("quality", dataset=row["dataset"], **period))
        return f'<a href="{link}">{escaped(titles.get(row["dataset"], row["dataset"]))}</a>'

    files = Column(title="Files", show=lambda row: formats.count(row["runs"]), is_number=True)
    return table_markup(rows, measures(Column(title="Dataset", markup=name), (files,)))


def key(by: str, points: int, *, is_cut: bool) -> str:
    """Return what the lines of the charts are."""
    if not points:
        return '<p class="q-note">No file was loaded in this period.</p>'
    what = formats.many(points, by)
    cut = ", the newest ones" if is_cut else ""
    swatch = "<i style='background:{}'></i>"
    return (
        f'<div class="q-key"><span>{what}{cut}</span>'
        f"<span>{swatch.format(SERIES[0])}First pass (solid)</span>"
        f"<span>{swatch.format(SERIES[1])}Final (dashed)</span><span>Targets (dotted)</span></div>"
    )


def files(rows: Sequence[Row], visit: Visit) -> str:
    """Return the measures of each file."""
    if not rows:
        return _nothing(visit)
    zone = visit.parts.settings.business_time_zone

    def name(row: Row) -> str:
        link = escaped(visit.link("runs", run=row["run_id"]))
        return (
            f'<div class="q-file"><a href="{link}">{escaped(row["base_name"])}</a>'
            f"<small>{escaped(formats.moment(row['started_at'], zone))}</small></div>"
        )

    def held(row: Row) -> str:
        link = escaped(visit.link("exceptions", run=row["run_id"]))
        number = formats.count(row["rows_held"])
        return f'<a href="{link}">{number}</a>' if row["rows_held"] else number

    return table_markup(
        rows,
        measures(Column(title="File", markup=name), (Column(title="Held", markup=held, is_number=True),)),
        caption="Newest first",
    )


def controls(rows: Sequence[Row], visit: Visit) -> str:
    """Return each control with its tallies and its effectiveness."""

    def failed(row: Row) -> str:
        number = formats.count(row["failed"])
        if not row["failed"] or row["severity"] != "error":
            return number
        link = escaped(visit.link("exceptions", dataset=row["dataset"], rule=row["rule"]))
        return f'<a href="{link}">{number}</a>'

    def effect(row: Row) -> str:
        if row["effectiveness"] is None:
            return '<span class="q-note">none closed</span>'
        return (
            f"{formats.share(row['effectiveness'])}<small>{formats.count(row['confirmed'])} of "
            f"{formats.count(row['closed_by_a_person'])}</small>"
        )

    columns = (
        Column(
            title="Control",
            markup=lambda row: (
                f'<div class="q-file">{escaped(row["rule"])}<small>{escaped(row["sentence"])}</small></div>'
            ),
        ),
        Column(title="Dataset", show=lambda row: row["dataset"]),
        Column(title="Result", markup=lambda row: chip(words(row["control"]), _meaning(row))),
        Column(title="Severity", show=lambda row: row["severity"]),
        Column(title="Tested", show=lambda row: formats.count(row["tested"]), is_number=True),
        Column(title="Failed", markup=failed, is_number=True),
        Column(title="Not evaluated", show=lambda row: formats.count(row["not_evaluated"]), is_number=True),
        Column(title="Pass rate", show=_pass_rate, is_number=True),
        Column(title="Effectiveness", markup=effect, is_number=True),
    )
    told, passed = ([row for row in rows if (row["control"] == "PASSED") is is_it] for is_it in (False, True))
    first = (
        table_markup(told, columns, caption=f"{formats.many(len(rows), 'control')}, what fails most first")
        if told
        else ""
    )
    if not passed:
        return first
    rest = table_markup(passed, columns, caption="Controls that no row failed")
    title = f"{formats.many(len(passed), 'control')} that no row failed"
    return f'{first}<details class="q-more"{"" if told else " open"}><summary>{title}</summary>{rest}</details>'


def _meaning(row: Row) -> str:
    return "held" if row["control"] == "FAILED" and row["severity"] == "warning" else CONTROLS[row["control"]]


def _pass_rate(row: Row) -> str:
    if not row["tested"]:
        return formats.NOTHING
    return formats.share((row["tested"] - row["failed"]) / row["tested"], decimals=2)


def pairs(rows: Sequence[Row], visit: Visit) -> str:
    """Return pairs of rules with the rows that broke both, and what part of each rule's rows that is."""
    if not rows:
        return '<p class="q-note">No held row broke more than one rule.</p>'
    most = max(row["rows_held"] for row in rows)

    def rule(row: Row, name: str) -> str:
        link = escaped(visit.link("exceptions", dataset=row["dataset"], rule=row[name]))
        part = formats.share(row["rows_held"] / row[f"rows_of_{name}"])
        rows_of_it = formats.many(row[f"rows_of_{name}"], "row")
        return f'<a href="{link}">{escaped(row[name])}</a><small>{part} of its {rows_of_it}</small>'

    columns = (
        Column(title="Rule", markup=lambda row: rule(row, "one")),
        Column(title="breaks together with", markup=lambda row: rule(row, "other")),
        Column(title="Rows", show=lambda row: formats.count(row["rows_held"]), is_number=True),
        Column(
            title="Beside the others",
            markup=lambda row: (
                f'<div class="q-lane" aria-hidden="true"><i style="left:0;width:{row["rows_held"] / most * 100:.1f}%">'
                "</i></div>"
            ),
        ),
        Column(title="Dataset", show=lambda row: row["dataset"]),
    )
    shown = rows[:PAIRS]
    caption = "Pairs, most rows first" + (f", {PAIRS} of {len(rows)}" if len(rows) > PAIRS else "")
    return table_markup(shown, columns, caption=caption)


def volume(title: str, rows: Sequence[Volume], visit: Visit) -> str:
    """Return the rows of the newest runs beside what is usual for their dataset."""
    if not rows:
        return _about(title, '<p class="q-note">No file of it was loaded yet.</p>')
    ends = max(max(float(one.rows_read), one.usual.high if one.usual else 0.0) for one in rows) or 1.0

    def name(row: Row) -> str:
        link = escaped(visit.link("runs", run=row["one"].run_id))
        return f'<div class="q-file"><a href="{link}">{escaped(row["one"].base_name)}</a></div>'

    columns = (
        Column(title="File", markup=name),
        Column(title="Rows", show=lambda row: formats.count(row["one"].rows_read), is_number=True),
        Column(title="Usual", show=lambda row: _usual(row["one"].usual, _rows), is_number=True),
        Column(title="Beside usual", markup=lambda row: _band(row["one"], ends)),
        Column(title="So it is", markup=lambda row: chip(row["one"].standing, STANDINGS[row["one"].standing])),
    )
    told = table_markup(
        [{"one": one} for one in rows],
        columns,
        caption="Newest first, each beside the files before it",
    )
    return _about(title, told)


def missing(title: str, newest: Sequence[Missing], off: Sequence[Missing], visit: Visit) -> str:
    """Return the missing share of each column in the newest run, and what was far off in the runs before it."""
    if not newest:
        return _about(title, '<p class="q-note">No file of it was loaded yet.</p>')
    columns = (
        Column(
            title="Column",
            markup=lambda row: f"{escaped(row['one'].column)}<small>{SOURCES[row['one'].source]}</small>",
        ),
        Column(title="Missing", show=lambda row: formats.share(row["one"].share), is_number=True),
        Column(title="Usual", show=lambda row: _usual(row["one"].usual, formats.share), is_number=True),
        Column(
            title="Over the files",
            markup=lambda row: (
                f'<div style="width:9rem">{spark(row["one"].shares, "missing share over the last files")}</div>'
            ),
        ),
        Column(title="So it is", markup=lambda row: chip(row["one"].standing, STANDINGS[row["one"].standing])),
    )
    link = escaped(visit.link("runs", run=newest[0].run_id))
    told = table_markup(
        [{"one": one} for one in newest], columns, caption="Share of missing cells in the newest file, by column"
    )
    file = f'<p class="q-note">Newest file: <a href="{link}">{escaped(newest[0].base_name)}</a></p>'
    return _about(title, file + told + _far_off(off, visit))


def _far_off(off: Sequence[Missing], visit: Visit) -> str:
    if not off:
        return '<p class="q-note">In the files before it no column was far off.</p>'
    listed = "".join(
        f'<li><a href="{escaped(visit.link("runs", run=one.run_id))}">{escaped(one.base_name)}</a>: '
        f"{escaped(one.column)} {formats.share(one.share)} missing, {escaped(one.standing)} "
        f"({escaped(_usual(one.usual, formats.share))})</li>"
        for one in off
    )
    return f'<div class="q-why"><strong>Far off in the files before it</strong><ul>{listed}</ul></div>'


def _usual(known: Usual | None, show: Any) -> str:  # Any: a function of formats
    if known is None:
        return formats.NOTHING
    return f"{show(known.median)} ({show(known.low)} to {show(known.high)})"


def _rows(number: float) -> str:
    return formats.count(round(number))


def _band(one: Volume, ends: float) -> str:
    usual = ""
    if one.usual is not None:
        left, right = one.usual.low / ends * 100, one.usual.high / ends * 100
        usual = (
            f'<i class="q-usual" style="left:{left:.1f}%;width:{right - left:.1f}%"></i>'
            f'<i class="q-median" style="left:{one.usual.median / ends * 100:.1f}%"></i>'
        )
    off = " q-is-off" if one.standing in (Standing.ABOVE, Standing.BELOW) else ""
    point = f'<i class="q-point{off}" style="left:{one.rows_read / ends * 100:.1f}%"></i>'
    return f'<div class="q-band" aria-hidden="true">{usual}{point}</div>'


def _about(title: str, told: str) -> str:
    return f'<section class="q-part"><h3>{escaped(title)}</h3>{told}</section>'


def _nothing(visit: Visit) -> str:
    return (
        '<div class="q-empty"><strong>No file was loaded in this period</strong><p>'
        f'Choose less above, or <a href="{escaped(visit.link("upload"))}">upload a file</a>.</p></div>'
    )
