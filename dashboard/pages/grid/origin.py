"""Where a row comes from: file, line, run and rules, what was done to it while it was held, the raw line itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dashboard import formats
from dashboard.formats import escaped
from dashboard.pages.grid.marks import sentence
from dashboard.parts.drawn import code, words

if TYPE_CHECKING:
    from dashboard.visit import Visit


def origin_markup(visit: Visit, row: str, origin: Mapping[str, Any], held: Sequence[Mapping[str, Any]]) -> str:
    """Return the origin of a row as markup.

    Args:
        origin: What `queries.lineage` told.
        held: Cells that were written while it was held.
    """
    run = f'<a href="{escaped(visit.link("runs", run=origin["run_id"]))}">{escaped(origin["run_name"])}</a>'
    zone = visit.parts.settings.business_time_zone
    return (
        f"<p><b>{escaped(row)}</b> is line {formats.count(origin['line'])} of "
        f"<b>{escaped(origin['base_name'])}</b>, landed {formats.moment(origin['landed_at'], zone)} by "
        f"{escaped(origin['landed_by'])} as {escaped(origin['object_key'])}, read by the run {run}.</p>"
        f"{code(origin['raw_line'], title='The raw line, from the archive', is_open=True)}"
        f"{_listed('Noted by the rules:', [one['message'] for one in origin['findings']])}"
        f"{_listed('It was held, and people changed:', [_cell(visit, one) for one in held])}"
        f"{_listed('What was done while it was held:', [_act(visit, one) for one in origin['repairs']])}"
        f'<p class="q-note">Judged by the rules <code>{escaped(origin["rule_fingerprint"])}</code>. '
        f"Archived as {escaped(origin['sha256'])}.</p>"
    )


def _cell(visit: Visit, one: Mapping[str, Any]) -> str:
    return f"{one['column_name']}: {sentence(visit, one)}"


def _act(visit: Visit, one: Mapping[str, Any]) -> str:
    when = formats.moment(one["made_at"], visit.parts.settings.business_time_zone)
    why = f" ({one['reason']})" if one["reason"] else ""
    return f"{words(one['outcome'])}, by {one['made_by']} on {when}{why}"


def _listed(title: str, told: Sequence[str]) -> str:
    items = "".join(f"<li>{escaped(one)}</li>" for one in told)
    return f"<p>{title}</p><ul>{items}</ul>" if told else ""
