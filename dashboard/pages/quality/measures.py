"""The measures of quality as markup: in all, by dataset, by file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from dashboard import formats, targets
from dashboard.formats import escaped
from dashboard.parts.table import Column, Row, table_markup
from dashboard.parts.tile import tile_markup
from dashboard.theme import SERIES

if TYPE_CHECKING:
    from dashboard.visit import Visit

CHECKS_AIM, EXCEPTIONS_AIM = "target\u00a0>\u00a095\u00a0%", "target\u00a0<\u00a05\u00a0%"


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


def _nothing(visit: Visit) -> str:
    return (
        '<div class="q-empty"><strong>No file was loaded in this period</strong><p>'
        f'Choose less above, or <a href="{escaped(visit.link("upload"))}">upload a file</a>.</p></div>'
    )
