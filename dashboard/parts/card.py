"""A glass card with a heading."""

from typing import Any

import panel as pn
from panel.viewable import Viewable

from dashboard.formats import escaped
from dashboard.parts.text import markup

GLASS = {
    "background": "var(--q-glass)",
    "border": "1px solid var(--q-rim)",
    "box-shadow": "var(--q-shadow)",
    "backdrop-filter": "blur(14px) saturate(1.3)",
    "border-radius": "16px",
}


def card(title: str, *content: Any, actions: tuple[Viewable, ...] = (), says: str = "") -> pn.Column:  # Any: viewables
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
    return glass(head, *content, gap=".75rem", padding="1rem", **{"box-sizing": "border-box"})


def glass(*content: Any, **styles: str) -> pn.Column:  # Any: viewables
    """Return a surface of glass around something: a column of Panel's, since a Paper costs four times as much."""
    return pn.Column(
        *content, sizing_mode="stretch_width", margin=0, css_classes=["q-glass"], styles={**GLASS, **styles}
    )


def filling(surface: pn.Column) -> pn.Column:
    """Return a surface made as tall as its neighbours in a grid."""
    surface.styles = {**surface.styles, "height": "100%"}
    return surface
