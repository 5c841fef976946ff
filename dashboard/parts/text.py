"""Panes of our own text; what comes from files must be escaped by the caller with `formats.escaped`."""

from functools import cache
from pathlib import Path
from typing import Any

import panel as pn

_ASSETS = Path(__file__).parent.parent / "assets"


@cache
def sheet(name: str) -> str:
    """Return a style sheet or script as text: with an address, a pane would be shown before its style is there."""
    return (_ASSETS / name).read_text()


def markup(html: str, **options: Any) -> pn.pane.HTML:  # Any: options of the pane
    """Return a pane with markup of ours, as wide as its place."""
    options.setdefault("sizing_mode", "stretch_width")
    options.setdefault("margin", 0)
    return pn.pane.HTML(html, stylesheets=[sheet("parts.css"), *options.pop("stylesheets", ())], **options)


def chip(text: str, meaning: str = "neutral") -> str:
    """Return a small label; its text says what its colour means (good, held, bad, accent, neutral)."""
    from dashboard.formats import escaped

    return f'<span class="q-chip q-{meaning}">{escaped(text)}</span>'


def chip_link(text: str, href: str) -> str:
    """Return a label of what is chosen, which is taken off by a click."""
    from dashboard.formats import escaped

    told = escaped(text if len(text) < 60 else f"{text[:57]}…")
    return f'<a class="q-chip q-accent" href="{escaped(href)}" aria-label="Take off {told}">{told} ×</a>'


def skeleton(lines: int = 4) -> pn.pane.HTML:
    """Return what stands in for a part that is loading."""
    rows = "".join(f'<i style="width:{90 - 13 * (number % 4)}%"></i>' for number in range(lines))
    return markup(f'<div class="q-skeleton" role="status" aria-label="Loading">{rows}</div>')


def empty(what: str, do: str) -> pn.pane.HTML:
    """Return what is shown where there is nothing yet: what is missing, and what to do (markup of ours)."""
    return markup(empty_markup(what, do))


def empty_markup(what: str, do: str) -> str:
    """Return the markup of `empty`."""
    return f'<div class="q-empty"><strong>{what}</strong><p>{do}</p></div>'
