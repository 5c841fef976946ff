"""Figures as hvPlot draws them: drawn once per process for each kind of chart, copied for each session.

Drawing takes some fifty milliseconds, a copy five.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Any, TypeAlias

import holoviews as hv
from bokeh.core.serialization import Deserializer, Serializer
from bokeh.document import Document
from bokeh.models import ColumnDataSource
from bokeh.util.serialization import make_id

hv.extension("bokeh", logo=False)

Figure: TypeAlias = Any
"""A figure of Bokeh: its types do not tell which renderer, range or tool it has."""
Dress: TypeAlias = Callable[[Figure, ColumnDataSource], None]
_drawn: dict[Hashable, Any] = {}  # Any: a figure as Bokeh writes it for a browser
_lock = threading.Lock()


def copied(kind: Hashable, draw: Callable[[], Any], dress: Dress) -> tuple[Figure, ColumnDataSource]:
    """Return a figure of its own with the source of its numbers, which are to come.

    Args:
        kind: What the figure depends on, besides its numbers and what is changed of it later.
        draw: Returns an element of HoloViews, which has no types.
        dress: Gives the first figure of a kind its look; all copies have it.
    """
    with _lock:
        if kind not in _drawn:
            _drawn[kind] = _told(draw(), dress)
        told = _drawn[kind]
    figure = Deserializer().decode(_renamed(told, {}))
    return figure, figure.renderers[0].data_source


def _told(element: Any, dress: Dress) -> Any:
    # HoloViews themes the document that it draws for; Bokeh's current one may be somebody else's by now.
    plot = hv.renderer("bokeh").instance(mode="server").get_plot(element, doc=Document())
    figure, source = plot.state, plot.handles["source"]
    figure.renderers = [one for one in figure.renderers if one.data_source is source]
    dress(figure, source)
    _lighten(figure)
    return Serializer(deferred=False).encode(figure)


def _lighten(figure: Figure) -> None:
    """Leave out what a browser makes up by itself, and what renderers can share."""
    first, *_ = figure.renderers
    for one in figure.renderers:
        one.update(nonselection_glyph=None, selection_glyph=None, muted_glyph=None, hover_glyph=None, view=first.view)


def _renamed(told: Any, names: dict[str, str]) -> Any:
    """Return what was told with other ids: those of a document are its own."""
    if isinstance(told, dict):
        return {
            name: names.setdefault(value, make_id()) if name == "id" else _renamed(value, names)
            for name, value in told.items()
        }
    return [_renamed(one, names) for one in told] if isinstance(told, list | tuple) else told
