"""The table of the page: what the browser draws, and what it tells; nothing that it tells is believed."""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import panel
import param
from panel.custom import JSComponent

from dashboard.parts.text import sheet
from dashboard.store.selection import shown_columns
from flows.core.dataset import Dataset
from flows.core.kinds import Choice

_ASSETS = Path(__file__).parents[2] / "assets" / "grid"
_KINDS = {"date": "date", "integer": "number", "numeric(18,2)": "number", "numeric(18,6)": "number"}
_CURRENCIES = {"_inr": "INR", "_idr": "IDR"}
MAX_TEXT = 2 << 20
"""Characters that one message may carry; more is dropped."""
Told = Callable[..., None]


@cache
def _asset(name: str) -> str:
    return (_ASSETS / name).read_text()


@cache
def tabulator() -> tuple[str, str]:
    """Return script and style sheet of Tabulator as Panel's own server has them; only this page loads them."""
    files = Path(panel.__file__).parent / "dist" / "bundled" / "datatabulator"
    (folder,) = files.glob("tabulator-tables@*/dist")
    served = f"/static/extensions/panel/bundled/datatabulator/{folder.parent.name}/dist"
    return f"{served}/js/tabulator.min.js", f"{served}/css/tabulator_simple.min.css"


class Table(JSComponent):
    """Draws one page of rows.

    Attributes:
        script: Where Tabulator is.
        columns: What there is to see, as `declaration` tells.
        page: Rows, marks of corrected cells, order, filters, the chosen row and the words around them.
        is_busy: Whether the database is being asked.
    """

    script = param.String(default="")
    columns = param.List(default=[])
    page = param.Dict(default={"rows": []})
    is_busy = param.Boolean(default=False)

    MAY_OVERTAKE = True
    """A question that takes long is cancelled from here, or by the next one."""
    _esm = _asset("grid.js")

    def __init__(self, acts: Mapping[str, Told], **options: Any) -> None:
        """Make a table.

        Args:
            acts: What to call, with texts by name, for each kind of message.
        """
        self._acts = acts
        script, style = tabulator()
        styles = [style, sheet("parts.css"), _asset("grid.css")]
        super().__init__(  # type: ignore[no-untyped-call]  # of Panel
            script=script, stylesheets=styles, sizing_mode="stretch_width", margin=0, **options
        )

    def put(self, row: str, cells: Mapping[str, str]) -> None:
        """Show the cells of a row as they are stored, whatever a person typed."""
        self._send_msg({"what": "put", "row": row, "cells": dict(cells)})

    def _handle_msg(self, message: Any) -> None:
        """Pass on what is asked for, as texts."""
        if not isinstance(message, dict) or message.get("what") not in self._acts:
            return
        told = {name: value for name, value in message.items() if name in ("row", "column", "text", "seen", "way")}
        if all(isinstance(value, str) and len(value) <= MAX_TEXT for value in told.values()):
            self._acts[message["what"]](**told)


def declaration(dataset: Dataset, *, may_edit: bool) -> list[dict[str, Any]]:
    """Return what the browser needs to know of the columns; whether one may be edited is asked again of each edit."""
    meanings = {column.mart_name: column.meaning for column in dataset.columns}
    meanings |= {column.name: column.meaning for column in dataset.derived}
    kinds = {column.mart_name: column.kind for column in dataset.columns}
    keys = _keys(dataset)
    return [
        {
            "field": name,
            "title": _title(name),
            "meaning": meanings[name],
            "kind": _KINDS.get(dataset.postgres_types[name], "text"),
            "unit": _CURRENCIES.get(name[-4:], ""),
            "values": list(kind.values) if isinstance(kind := kinds.get(name), Choice) else [],
            "is_key": name in keys,
            "is_fast": name in dataset.sortable,
            "is_editable": may_edit and name in dataset.value_columns,
        }
        for name in columns_of(dataset)
    ]


def columns_of(dataset: Dataset) -> tuple[str, ...]:
    """Return the columns from left to right: what names a row first."""
    keys = _keys(dataset)
    return (*keys, *(name for name in shown_columns(dataset) if name not in keys))


def _keys(dataset: Dataset) -> tuple[str, ...]:
    return dataset.key or dataset.value_columns[:1]


def _title(name: str) -> str:
    words = name.replace("_inr", " (₹)").replace("_idr", " (Rp)").replace("_gb", " (GB)").replace("_", " ")
    return words[:1].upper() + words[1:]
