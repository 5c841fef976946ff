"""Two runs beside each other: counts, measures, controls, and where they differ."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from dashboard import formats
from dashboard.formats import escaped
from dashboard.pages.runs.states import WORDS
from dashboard.store.runs import COMPARED, Beside, share_of

if TYPE_CHECKING:
    from dashboard.visit import Visit

Row = dict[str, Any]
Show = Callable[[Any], str]
_COUNTS: dict[str, tuple[str, Show]] = {
    "state": ("State", lambda state: WORDS[state]),
    "rule_fingerprint": ("Rules", str),
    "code_version": ("Code", str),
    "size_bytes": ("Size", formats.size),
    "taken": ("Took", formats.duration),
    "rows_read": ("Rows read", formats.count),
    "rows_loaded": ("Rows loaded", formats.count),
    "rows_held": ("Rows held", formats.count),
    "exceptions_open": ("of these open", formats.count),
    "warning_findings": ("Warnings", formats.count),
    "first_pass_quality": ("First-pass quality", formats.share),
    "final_quality": ("Final quality", formats.share),
    "check_pass_rate": ("Check pass rate", formats.share),
    "exception_rate": ("Exception rate", formats.share),
}
_WHATEVER = ("taken",)
"""What differs each time and says nothing."""


def comparison(run: Row, other: Row, rules: Sequence[Beside], visit: Visit, links: tuple[str, str]) -> str:
    """Return one table of counts and measures and one of controls; lines that differ are marked by a word.

    Args:
        links: Markup of ours below each of the two.
    """
    names = [_name(one, visit) for one in (run, other)]
    counts = [
        _line(escaped(label), run[name], other[name], show, is_told=name not in _WHATEVER)
        for name, (label, show) in ((name, _COUNTS[name]) for name in COMPARED)
    ]
    controls = [
        _line(escaped(name), here, there, _control, is_told=share_of(here) != share_of(there))
        for name, here, there in rules
    ]
    measures, judged = links
    return (
        f"{_table('Counts and measures', names, counts)}{measures}"
        f"{_table('Controls: failed of tested', names, controls)}{judged}"
    )


def _control(row: Row) -> str:
    share = formats.share(share_of(row), decimals=2)
    return f"{formats.count(row['failed'])} of {formats.count(row['tested'])} ({share})"


def _line(label: str, one: Any, other: Any, show: Show, *, is_told: bool = True) -> str:  # Any: values of a run
    shown = [formats.NOTHING if value is None else show(value) for value in (one, other)]
    differs = is_told and shown[0] != shown[1]
    mark = ' class="q-differs"' if differs else ""
    cells = "".join(f'<td class="q-number">{escaped(value)}</td>' for value in shown)
    gap = escaped(_difference(one, other, show)) if differs else ""
    return f"<tr{mark}><th scope='row'>{label}</th>{cells}<td class='q-nowrap'>{gap}</td></tr>"


def _difference(one: Any, other: Any, show: Show) -> str:  # Any: as above
    if isinstance(one, dict) and isinstance(other, dict):
        a, b = share_of(one), share_of(other)
        return "differs" if a is None or b is None else _points(a - b)
    if isinstance(one, Decimal) and isinstance(other, Decimal) and max(one, other) <= 1:
        return _points(one - other)
    if isinstance(one, int) and isinstance(other, int):
        return f"{'+' if one > other else '−'}{show(abs(one - other))}"
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
