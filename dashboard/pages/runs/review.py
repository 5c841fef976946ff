"""Why a run waits for a person: the rules that its rows break, and some findings of each."""

from collections.abc import Mapping, Sequence

from dashboard import formats
from dashboard.formats import escaped
from dashboard.parts.table import Column, Row, table_markup


def why_it_waits(told: Mapping[str, Sequence[Row]]) -> str:
    """Return rules and findings as a table; nothing of the file is loaded yet."""
    columns = (
        Column(title="Rule", markup=lambda row: escaped(row["rule"]) + _weight(row)),
        Column(title="Failed", show=lambda row: formats.count(row["failed"]), is_number=True),
        Column(title="Of tested", show=_share, is_number=True),
        Column(title="Some of the findings", markup=lambda row: _sample(row["rule"], told["sample"])),
    )
    return table_markup(told["rules"], columns, caption="Rules that its rows break; nothing of the file is loaded yet")


def _weight(row: Row) -> str:
    return "<small>warning</small>" if row["severity"] == "warning" else ""


def _share(row: Row) -> str:
    return formats.share(row["failed"] / row["tested"]) if row["tested"] else formats.NOTHING


def _sample(rule: str, findings: Sequence[Row]) -> str:
    mine = [one for one in findings if one["rule"] == rule]
    listed = "".join(f"<li>line {formats.count(one['line'])}: {escaped(one['message'])}</li>" for one in mine)
    return f'<ul class="q-plain">{listed}</ul>'
