"""What is usual for a dataset by its own history, and what is far off, as markup."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from dashboard import formats
from dashboard.charts.spark import spark
from dashboard.formats import escaped
from dashboard.parts.table import Column, Row, table_markup
from dashboard.parts.text import chip
from dashboard.store.quality import Missing, Volume
from flows.core.history import MIN_HISTORY, Standing, Usual

if TYPE_CHECKING:
    from dashboard.visit import Visit

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
SOURCES = {"rule": "by its rule", "count": "counted while loading"}


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
