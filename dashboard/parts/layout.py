"""How parts stand beside each other, from a phone to a wide screen."""

from typing import Any

import panel as pn
import panel_material_ui as pmui


def tiles(*content: Any, narrowest: str = "13rem") -> pmui.Column:  # Any: viewables
    """Return parts in as many equal columns as fit."""
    sx = {"display": "grid !important", "gridTemplateColumns": f"repeat(auto-fit, minmax(min({narrowest}, 100%), 1fr))"}
    return pmui.Column(*content, sizing_mode="stretch_width", margin=0, sx={**sx, "gap": 2, "alignItems": "stretch"})


def side_by_side(*content: Any, narrowest: str = "26rem") -> pmui.Column:  # Any: viewables
    """Return cards beside each other where there is room, else below each other."""
    return tiles(*content, narrowest=narrowest)


def stack(*content: Any) -> pmui.Column:  # Any: viewables
    """Return parts below each other with the usual gap."""
    return pmui.Column(*content, sizing_mode="stretch_width", margin=0, sx={"gap": 2})


def place(*content: Any) -> pn.Column:  # Any: viewables
    """Return where parts come and go; Material's own columns break figures that are put into them later."""
    return pn.Column(*content, sizing_mode="stretch_width", margin=0)
