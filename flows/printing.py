"""How answers look in a terminal, and as JSON."""

import json
import sys
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

_PIPE_CHARACTERS = 240
"""Width of a line that goes into a file or a pipe."""
console = Console(width=None if sys.stdout.isatty() else _PIPE_CHARACTERS)
error_console = Console(stderr=True)
MAX_CELL_CHARACTERS = 120
SHORT_CHARACTERS = 10


def print_json(value: object) -> None:
    """Print a value as JSON."""
    print(json.dumps(value, default=_plain, ensure_ascii=False, indent=2))


def print_table(rows: Sequence[dict[str, Any]], columns: Sequence[str] = (), title: str = "") -> None:
    """Print rows as a table; a long cell is cut with an ellipsis."""
    if not rows:
        console.print(f"{title}: nothing" if title else "nothing")
        return
    names = columns or tuple(rows[0])
    table = Table(title=title or None, title_justify="left", box=SIMPLE_HEAD)
    for name in names:
        is_number = all(isinstance(row[name], int | float) or row[name] is None for row in rows)
        is_short = all(len(_cell(row[name])) <= SHORT_CHARACTERS for row in rows)
        table.add_column(name, justify="right" if is_number else "left", overflow="fold", no_wrap=is_short)
    for row in rows:
        table.add_row(*(Text(_cell(row[name])) for name in names))
    console.print(table)


def print_sections(sections: dict[str, list[dict[str, Any]]]) -> None:
    """Print named groups of rows; a group of one wide row as a list of its fields."""
    for title, rows in sections.items():
        if len(rows) == 1 and len(rows[0]) > 6:
            print_table([{"field": name, "value": value} for name, value in rows[0].items()], title=title)
        else:
            print_table(rows, title=title)


def _cell(value: Any) -> str:  # Any: whatever a database returns
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, timedelta):
        return f"{value.total_seconds():.2f} s"
    text = json.dumps(value, default=_plain, ensure_ascii=False) if isinstance(value, dict | list) else str(value)
    return text if len(text) <= MAX_CELL_CHARACTERS else text[: MAX_CELL_CHARACTERS - 1] + "…"


def _plain(value: object) -> object:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    return str(value)
