"""One figure with its name, its change and what it means."""

from typing import Any

import panel as pn

from dashboard.formats import escaped
from dashboard.parts.card import GLASS
from dashboard.parts.text import chip, markup


def tile_markup(
    label: str, value: str, *, note: str = "", href: str = "", change: tuple[str, str] | None = None, extra: str = ""
) -> str:
    """Return the markup of a tile.

    Args:
        note: What stands under the figure.
        href: Where the figure comes from; a link to its rows.
        change: Text and meaning (good, bad, neutral) of the change against before.
        extra: Markup of ours under everything, such as a sparkline.
    """
    figure = (
        f'<a class="q-value" href="{escaped(href)}">{escaped(value)}</a>'
        if href
        else f'<span class="q-value">{escaped(value)}</span>'
    )
    told = f"<span>{chip(*change)}</span>" if change else ""
    noted = f'<span class="q-note">{escaped(note)}</span>' if note else ""
    return f'<div class="q-tile"><span class="q-label">{escaped(label)}</span>{figure}{told}{noted}{extra}</div>'


def tile(
    label: str, value: str, *, note: str = "", href: str = "", change: tuple[str, str] | None = None, extra: str = ""
) -> pn.pane.HTML:
    """Return a tile on glass; change it with `show`."""
    html = tile_markup(label, value, note=note, href=href, change=change, extra=extra)
    return markup(html, css_classes=["q-glass"], styles={**GLASS, "height": "100%"})


def show(tile: Any, html: str) -> None:  # Any: a pane, whose object has no type
    """Give a tile other content, if it differs."""
    if tile.object != html:
        tile.object = html
