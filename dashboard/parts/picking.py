"""A table of markup whose rows a person picks by checkboxes; Shift picks all rows between two."""

from pathlib import Path
from typing import Any

import param
from panel.custom import JSComponent

from dashboard.formats import escaped
from dashboard.parts.text import sheet


class Picking(JSComponent):
    """The table.

    Attributes:
        table: Markup of ours with boxes of `box` in its rows, and `EVERY` in its head.
        picked: Numbers of the picked rows, also of those that other pages show; told by the browser, so not trusted.
        is_drawn: Whether the browser has drawn it; told by the browser.
    """

    table = param.String(default="")
    picked = param.List(default=[])
    is_drawn = param.Boolean(default=False)

    _esm = Path(__file__).parent.parent / "assets" / "picking.js"

    def __init__(self, **options: Any) -> None:
        super().__init__(stylesheets=[sheet("parts.css")], sizing_mode="stretch_width", margin=0, **options)  # type: ignore[no-untyped-call]  # of Panel

    def _handle_msg(self, message: Any) -> None:
        """Take nothing from the browser but the parameters."""


EVERY = '<input type="checkbox" data-every aria-label="Pick every row of this page">'


def box(number: int, says: str) -> str:
    """Return the checkbox of a row.

    Args:
        says: What it picks, for those who do not see it.
    """
    return f'<input type="checkbox" data-row="{number}" aria-label="{escaped(says)}">'
