"""Figures of one kind are drawn by HoloViews once; every session has them as the same text."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Hashable
from typing import Any, TypeAlias

import holoviews as hv
from bokeh.document import Document
from bokeh.models import ColumnDataSource

hv.extension("bokeh", logo=False)

Figure: TypeAlias = Any
"""A figure of Bokeh: its types do not tell which renderer, range or tool it has."""
Dress: TypeAlias = Callable[[Figure, ColumnDataSource], None]
QUIET = "quiet text"
"""Name of a text in a figure that gets the page's colour of such texts, in light and dark."""
_drawn: dict[Hashable, str] = {}
_lock = threading.Lock()


def drawn_once(kind: Hashable, draw: Callable[[], Any], columns: tuple[str, ...], dress: Dress) -> str:
    """Return a figure without numbers, as the JSON of a document of Bokeh; its parts that change have names.

    Args:
        kind: What the figure depends on, besides its numbers and what is changed of it later.
        draw: Returns an element of HoloViews, which has no types.
        columns: What the source of its numbers holds.
        dress: Gives the figure its look.
    """
    with _lock:
        if kind not in _drawn:
            _drawn[kind] = _told(draw(), columns, dress)
        return _drawn[kind]


def _told(element: Any, columns: tuple[str, ...], dress: Dress) -> str:
    # HoloViews themes the document that it draws for; Bokeh's current one may be somebody else's by now.
    plot = hv.renderer("bokeh").instance(mode="server").get_plot(element, doc=Document())
    figure, source = plot.state, plot.handles["source"]
    figure.renderers = [one for one in figure.renderers if one.data_source is source]
    source.data = {name: [] for name in columns}
    dress(figure, source)
    _lighten(figure)
    _name(figure, source)
    document = Document()
    document.add_root(figure)
    told = document.to_json(deferred=False)
    return json.dumps({**told, "defs": []})  # those of Panel, which no figure needs


def _lighten(figure: Figure) -> None:
    """Leave out what a browser makes up by itself, and what renderers can share."""
    first, *_ = figure.renderers
    for one in figure.renderers:
        one.update(nonselection_glyph=None, selection_glyph=None, muted_glyph=None, hover_glyph=None, view=first.view)


def _name(figure: Figure, source: ColumnDataSource) -> None:
    """Give names to what changes with the numbers, with the mode, or at a click."""
    (across,), (upwards,) = figure.xaxis, figure.yaxis
    named = {"figure": figure, "source": source, "x": figure.x_range, "y": figure.y_range}
    named |= {"x axis": across, "x ticks": across.ticker, "y axis": upwards, "glyph": figure.renderers[0].glyph}
    for name, model in named.items():
        model.name = name
