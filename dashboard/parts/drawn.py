"""Markup of ours that is more than a table: facts, stages on a line of time, code, the share of loaded and held."""

from collections.abc import Mapping, Sequence
from typing import Any

import panel as pn

from dashboard import formats
from dashboard.formats import escaped
from dashboard.parts.text import markup, sheet


def drawing(html: str = "") -> pn.pane.HTML:
    """Return a pane for markup of ours with drawings in it."""
    return markup(html, stylesheets=[sheet("drawn.css")])


def redraw(pane: Any, html: str) -> None:  # Any: a pane of `drawing`
    """Give a pane other markup, if it differs."""
    if pane.object != html:
        pane.object = html


def facts(told: Mapping[str, str]) -> str:
    """Return names with their values, which are markup of ours."""
    return (
        '<dl class="q-facts">'
        + "".join(f"<div><dt>{escaped(name)}</dt><dd>{value}</dd></div>" for name, value in told.items())
        + "</dl>"
    )


def lane(start: float, end: float, *, is_bad: bool = False) -> str:
    """Return a bar from one share of a line to another one."""
    left, width = max(0.0, min(start, 1.0)), max(0.0, min(end, 1.0) - max(0.0, start))
    bad = ' class="q-ended-badly"' if is_bad else ""
    style = f"left:{left * 100:.2f}%;width:{width * 100:.2f}%"
    return f'<div class="q-lane" aria-hidden="true"><i{bad} style="{style}"></i></div>'


def parts_of(counts: Sequence[tuple[str, str, int]]) -> str:
    """Return counts as parts of one bar with a key.

    Args:
        counts: Class of its colour (q-is-loaded, q-is-held, q-is-closed), name, count.
    """
    whole = sum(count for _, _, count in counts) or 1
    bar = "".join(f'<i class="{kind}" style="width:{count / whole * 100:.3f}%"></i>' for kind, _, count in counts)
    key = "".join(
        f'<span><i class="{kind}"></i>{escaped(name)} <b>{formats.count(count)}</b></span>'
        for kind, name, count in counts
    )
    return f'<div class="q-share" aria-hidden="true">{bar}</div><div class="q-share-key q-key">{key}</div>'


def code(text: str, *, title: str = "", is_open: bool = False) -> str:
    """Return a text as it stands, behind its title where it has one."""
    shown = f'<pre class="q-code" tabindex="0">{escaped(text)}</pre>'
    if not title:
        return shown
    opened = " open" if is_open else ""
    return f'<details class="q-more"{opened}><summary>{escaped(title)}</summary>{shown}</details>'


def words(name: str) -> str:
    """Return a name of ours as words: `stage_ended` as Stage ended."""
    return name.replace("_", " ").lower().capitalize()
