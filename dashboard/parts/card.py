"""A glass card with a heading."""

from typing import Any

import panel as pn
import panel_material_ui as pmui
from panel.viewable import Viewable

from dashboard.formats import escaped
from dashboard.parts.text import markup


def card(title: str, *content: Any, actions: tuple[Viewable, ...] = (), says: str = "") -> pmui.Paper:  # Any: viewables
    """Return a card.

    Args:
        title: Its heading, a plain text.
        actions: What stands right of the heading.
        says: One sentence under the heading.
    """
    told = f'<p class="q-says">{escaped(says)}</p>' if says else ""
    heading = markup(f"<h2>{escaped(title)}</h2>{told}")
    head = pn.Row(
        heading, *actions, sizing_mode="stretch_width", margin=0, styles={"align-items": "center", "gap": ".5rem"}
    )
    inside = {"gap": ".75rem", "padding": "1rem", "box-sizing": "border-box"}
    return glass(pn.Column(head, *content, sizing_mode="stretch_width", margin=0, styles=inside))


def glass(*content: Any) -> pmui.Paper:  # Any: viewables
    """Return a surface of glass around something."""
    return pmui.Paper(*content, elevation=0, sizing_mode="stretch_width", margin=0)


def filling(paper: pmui.Paper) -> pmui.Paper:
    """Return a surface made as tall as its neighbours in a grid."""
    paper.param.update(styles={"height": "100%"}, sx={"height": "100%"}, stylesheets=[".paper { height: 100%; }"])
    return paper
