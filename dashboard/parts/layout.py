"""How parts stand beside each other, from a phone to a wide screen.

Panel's own columns, not Material's: these are cheap in the browser, and figures may be put into them at any time.
"""

from typing import Any

import panel as pn

ITEMS_ONLY = ".scroll-button { display: none; }"
"""Panel puts its button for scrolling among the items of a grid, where it takes a column."""


def tiles(*content: Any, narrowest: str = "13rem") -> pn.Column:  # Any: viewables
    """Return parts in as many equal columns as fit."""
    columns = f"repeat(auto-fit, minmax(min({narrowest}, 100%), 1fr))"
    return _laid_out(*content, display="grid", gap="1rem", **{"grid-template-columns": columns})


def side_by_side(*content: Any, narrowest: str = "26rem") -> pn.Column:  # Any: viewables
    """Return cards beside each other where there is room, else below each other."""
    return tiles(*content, narrowest=narrowest)


def stack(*content: Any) -> pn.Column:  # Any: viewables
    """Return parts below each other with the usual gap."""
    return _laid_out(*content, gap="1rem")


def place(*content: Any) -> pn.Column:  # Any: viewables
    """Return where parts come and go."""
    return _laid_out(*content)


def _laid_out(*content: Any, **styles: str) -> pn.Column:  # Any: viewables
    return pn.Column(*content, sizing_mode="stretch_width", margin=0, styles=styles, stylesheets=[ITEMS_ONLY])
