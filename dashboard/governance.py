"""The governance summary as markup: for its page, and as a document of its own that prints cleanly."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from dashboard import formats
from dashboard.formats import escaped
from dashboard.parts.drawn import words
from dashboard.parts.table import Column, table_markup
from flows.services.governance import Kind, Part

NUMBERS = ("count", "share", "money", "bytes")


def part_markup(part: Part, zone: ZoneInfo) -> str:
    """Return the table of a part, or what is told where it has no row."""
    if not part.rows:
        return f'<p class="q-note">{escaped(part.nothing)}</p>'
    columns = [_column(name, title, kind, zone) for name, title, kind in part.columns]
    return table_markup(part.rows, columns)


def document(parts: Sequence[Part], zone: ZoneInfo, first: date | None, last: date | None, by: str) -> str:
    """Return the summary as a page of its own, which asks to be printed.

    Args:
        by: Account that asked for it.
    """
    made = escaped(formats.moment(datetime.now(UTC), zone))
    body = "".join(
        f"<section><h2>{escaped(part.title)}</h2><p>{escaped(part.says)}</p>{part_markup(part, zone)}</section>"
        for part in parts
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<title>Governance summary · Quayside</title>"
        '<link rel="stylesheet" href="/assets/print.css"></head><body>'
        f"<header><h1>Governance summary</h1><p><strong>{escaped(period(first, last))}</strong></p>"
        f"<p>Made {made} ({escaped(zone)}) for {escaped(by)}. Every figure is read from the database of Quayside.</p>"
        '<button type="button" onclick="window.print()">Print</button></header>'
        f"{body}</body></html>"
    )


def period(first: date | None, last: date | None) -> str:
    """Return a period in words."""
    if first is None and last is None:
        return "From the beginning until now"
    begin = formats.day(first) if first else "the beginning"
    return f"From {begin} to {formats.day(last) if last else 'now'}"


def _column(name: str, title: str, kind: Kind, zone: ZoneInfo) -> Column:
    def show(row: Mapping[str, Any]) -> str:  # Any: values as the database gives them
        return _told(row[name], kind, zone, str(row.get("dataset", "telco_packages")))

    return Column(title=title, show=show, is_number=kind in NUMBERS)


def _told(value: Any, kind: Kind, zone: ZoneInfo, dataset: str) -> str:
    if value is None:
        return formats.NOTHING
    show: dict[str, Callable[[Any], str]] = {
        "money": formats.rupees if dataset == "sales_orders" else formats.rupiah,
        "moment": lambda at: formats.moment(at, zone),
        "count": formats.count,
        "share": formats.share,
        "bytes": formats.size,
        "name": words,
    }
    told = show.get(kind, str)(value)
    return words(told) if told.isupper() and kind == "text" else told
