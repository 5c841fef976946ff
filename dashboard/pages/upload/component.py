"""The part of the page that lives in the browser: choosing, looking into files, sending, following."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import param
from panel.custom import JSComponent

from dashboard.parts.text import sheet
from flows.core.dataset import Dataset

_ASSETS = Path(__file__).parents[2] / "assets" / "upload"
_SCRIPTS = (
    "../make.js",
    "words.js",
    "reading.js",
    "preview.js",
    "chosen.js",
    "sending.js",
    "following.js",
    "telling.js",
    "page.js",
)
_KINDS = {"date": "date", "integer": "number", "numeric(18,2)": "number"}
MAX_NAMES = 500


@cache
def _script() -> str:
    return "\n".join((_ASSETS / name).read_text() for name in _SCRIPTS)


@cache
def _css() -> str:
    return (_ASSETS / "upload.css").read_text()


class Uploader(JSComponent):
    """Takes files by drop or choice and shows how they go on.

    Attributes:
        datasets: What the datasets declare, for the guess in the browser.
        max_bytes: Size of a file above which none is taken.
        progress: What the server knows of the person's files.
    """

    datasets = param.List(default=[])
    max_bytes = param.Integer(default=0)
    progress = param.List(default=[])

    _esm = _script()

    def __init__(self, judge_name: Callable[[str], dict[str, Any]], **options: Any) -> None:
        self._judge_name = judge_name
        styles = [sheet("parts.css"), _css()]
        super().__init__(stylesheets=styles, sizing_mode="stretch_width", margin=0, **options)  # type: ignore[no-untyped-call]  # of Panel

    def _handle_msg(self, message: Any) -> None:
        """Tell what names of files say; nothing else is taken from the browser."""
        if not isinstance(message, dict) or message.get("what") != "names":
            return
        names = [name for name in message.get("names", []) if isinstance(name, str)][:MAX_NAMES]
        self._send_msg({"what": "names", "names": {name: self._judge_name(name) for name in names}})


def declaration(dataset: Dataset) -> dict[str, Any]:
    """Return what the browser needs to know of a dataset."""
    return {
        "name": dataset.name,
        "title": dataset.title,
        "null_tokens": list(dataset.null_tokens),
        "columns": [
            {
                "name": column.name,
                "required": column.required,
                "meaning": column.meaning,
                "kind": _KINDS.get(column.kind.postgres_type, "text"),
            }
            for column in dataset.columns
        ],
    }
