"""A small table of results, as markup: read by screen readers, printed, and harmless whatever its cells hold."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.formats import NOTHING, escaped

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column.

    Attributes:
        title: Its heading.
        show: Returns the text of a cell, which is escaped.
        markup: Returns markup of ours in place of `show`; it escapes what it is given.
        is_number: Whether its cells stand right.
        is_minor: Whether it gives way where there is little room, as on a phone.
        heading: Markup of ours in place of the title.
    """

    title: str
    show: Callable[[Row], object] | None = None
    markup: Callable[[Row], str] | None = None
    is_number: bool = False
    is_minor: bool = False
    heading: str = ""


def table_markup(rows: Sequence[Row], columns: Sequence[Column], *, caption: str = "") -> str:
    """Return the markup of a table; give it to `parts.text.markup`."""
    head = "".join(f'<th scope="col"{_side(one)}>{one.heading or escaped(one.title)}</th>' for one in columns)
    body = "".join(f"<tr>{''.join(_cell(row, one) for one in columns)}</tr>" for row in rows)
    told = f"<caption>{escaped(caption)}</caption>" if caption else ""
    return (
        f'<div class="q-scroll" tabindex="0" role="region" aria-label="{escaped(caption or "Table")}">'
        f'<table class="q-table">{told}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def _cell(row: Row, column: Column) -> str:
    if column.markup is not None:
        return f"<td{_side(column)}>{column.markup(row)}</td>"
    value = column.show(row) if column.show else None
    return f"<td{_side(column)}>{escaped(NOTHING if value in (None, '') else value)}</td>"


def _side(column: Column) -> str:
    kinds = [name for name, is_it in (("q-number", column.is_number), ("q-minor", column.is_minor)) if is_it]
    return f' class="{" ".join(kinds)}"' if kinds else ""
