"""What stands around the rows: how many there are, where they begin, what to do where there is none."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from dashboard import formats
from dashboard.pages.grid.rows import Rows
from dashboard.store.grid import Number
from dashboard.store.selection import Selection


def footer(rows: Rows, chosen: Selection) -> Mapping[str, Any]:
    """Return the words under the table."""
    number = told(rows.number)
    return {
        "rows": _place(rows, number),
        "can_count": not rows.number.is_exact,
        "is_stale": rows.is_stale,
        "has_before": rows.has_before,
        "has_after": rows.has_after,
        "export": export_link(chosen) if rows.number.rows else "",
        "export_label": f"Export {number} {'row' if rows.number.rows == 1 else 'rows'} as CSV",
        **_nothing(chosen),
    }


def told(number: Number) -> str:
    """Return a number of rows; an estimate is told as one."""
    return formats.count(number.rows) if number.is_exact else f"about {formats.count(number.rows)}"


def export_link(chosen: Selection) -> str:
    """Return where exactly these rows are as CSV."""
    query = urlencode(chosen.asked)
    return f"/export/{chosen.dataset.name}.csv" + (f"?{query}" if query else "")


def _place(rows: Rows, number: str) -> str:
    if not rows.lines:
        return "No rows"
    if not rows.first:
        return f"{formats.many(len(rows.lines), 'row')} of {number}"
    last = rows.first + len(rows.lines) - 1
    return f"Rows {formats.count(rows.first)} to {formats.count(last)} of {number}"


def _nothing(chosen: Selection) -> dict[str, str]:
    if chosen.filters or chosen.search:
        return {"empty": "No row fits what is chosen", "empty_do": "Take a filter off, or search for less."}
    return {"empty": f"No {chosen.dataset.title.lower()} yet", "empty_do": "Upload a file; its rows show here."}
