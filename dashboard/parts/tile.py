"""One figure with its name, its change and what it means."""

from typing import Any

import panel_material_ui as pmui

from dashboard.formats import escaped
from dashboard.parts.card import filling, glass
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
) -> pmui.Paper:
    """Return a tile on glass; change it with `show`."""
    return filling(glass(markup(tile_markup(label, value, note=note, href=href, change=change, extra=extra))))


def show(tile: pmui.Paper, html: str) -> None:
    """Give a tile other content, if it differs."""
    pane: Any = tile[0]  # Any: the pane that `tile` put there
    if pane.object != html:
        pane.object = html
