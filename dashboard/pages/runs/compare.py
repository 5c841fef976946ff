"""Two runs beside each other: counts, measures, controls, and where they differ."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from dashboard import formats
from dashboard.formats import escaped

if TYPE_CHECKING:
    from dashboard.visit import Visit

Row = dict[str, Any]
Show = Callable[[Any], str]
_COUNTS: tuple[tuple[str, str, Show], ...] = (
    ("State", "state", str),
    ("Rules", "rule_fingerprint", str),
    ("Code", "code_version", str),
    ("Size", "size_bytes", formats.size),
    ("Took", "taken", formats.duration),
    ("Rows read", "rows_read", formats.count),
    ("Rows loaded", "rows_loaded", formats.count),
    ("Rows held", "rows_held", formats.count),
    ("of these open", "exceptions_open", formats.count),
    ("Warnings", "warning_findings", formats.count),
    ("First-pass quality", "first_pass_quality", formats.share),
    ("Final quality", "final_quality", formats.share),
    ("Check pass rate", "check_pass_rate", formats.share),
    ("Exception rate", "exception_rate", formats.share),
)
_NONE = Decimal(0)
_WHATEVER = ("taken",)
"""What differs each time and says nothing."""


def comparison(run: Row, other: Row, controls: Sequence[Row], other_controls: Sequence[Row], visit: Visit) -> str:
    """Return one table of counts and measures and one of controls; lines that differ are marked by a word."""
    names = [_name(one, visit) for one in (run, other)]
    counts = [
        _line(escaped(label), run[name], other[name], show, is_told=name not in _WHATEVER)
        for label, name, show in _COUNTS
    ]
    rules = _rules(controls, other_controls)
    return _table("Counts and measures", names, counts) + _table("Controls: failed of tested", names, rules)


def _rules(mine: Sequence[Row], others: Sequence[Row]) -> list[str]:
    here, there = ({row["rule"]: row for row in rows} for rows in (mine, others))
    names = [*here, *(name for name in there if name not in here)]
    gaps = {name: abs((_share_of(here.get(name)) or _NONE) - (_share_of(there.get(name)) or _NONE)) for name in names}
    names.sort(key=lambda name: -gaps[name])
    return [_line(escaped(name), here.get(name), there.get(name), _control) for name in names]


def _share_of(row: Row | None) -> Decimal | None:
    return Decimal(row["failed"]) / row["tested"] if row and row["tested"] else None


def _control(row: Row) -> str:
    share = formats.share(_share_of(row), decimals=2)
    return f"{formats.count(row['failed'])} of {formats.count(row['tested'])} ({share})"


def _line(label: str, one: Any, other: Any, show: Show, *, is_told: bool = True) -> str:  # Any: values of a run
    shown = [formats.NOTHING if value is None else show(value) for value in (one, other)]
    differs = is_told and shown[0] != shown[1]
    mark = ' class="q-differs"' if differs else ""
    cells = "".join(f'<td class="q-number">{escaped(value)}</td>' for value in shown)
    gap = escaped(_difference(one, other)) if differs else ""
    return f"<tr{mark}><th scope='row'>{label}</th>{cells}<td>{gap}</td></tr>"


def _difference(one: Any, other: Any) -> str:  # Any: as above
    if isinstance(one, dict) and isinstance(other, dict):
        a, b = _share_of(one), _share_of(other)
        return "differs" if a is None or b is None else _points(a - b)
    if isinstance(one, Decimal) and isinstance(other, Decimal) and max(one, other) <= 1:
        return _points(one - other)
    if isinstance(one, (int, Decimal)) and isinstance(other, (int, Decimal)):
        gap = Decimal(one) - Decimal(other)
        return f"{'+' if gap > 0 else '−'}{formats.count(abs(gap))}"
    if isinstance(one, timedelta):
        return ""
    return "differs"


def _points(gap: Decimal) -> str:
    if round(gap * 100, 2) == 0:
        return "differs"
    return f"{'+' if gap > 0 else '−'}{abs(gap * 100):.2f} points"


def _name(run: Row, visit: Visit) -> str:
    link = escaped(visit.link("runs", run=run["run_id"]))
    when = formats.moment(run["started_at"], visit.parts.settings.business_time_zone)
    return f'<a href="{link}">{escaped(run["base_name"])}</a><small>{escaped(when)}</small>'


def _table(title: str, names: Sequence[str], lines: Sequence[str]) -> str:
    head = "".join(f'<th scope="col" class="q-number">{name}</th>' for name in names)
    return (
        f'<h3>{title}</h3><div class="q-scroll" tabindex="0" role="region" aria-label="{title}">'
        f'<table class="q-table"><thead><tr><td></td>{head}<th scope="col">Difference</th></tr></thead>'
        f"<tbody>{''.join(lines)}</tbody></table></div>"
    )
