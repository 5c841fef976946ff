"""What the widgets of all sessions share."""

from typing import Any

import panel as pn
import panel_material_ui as pmui
from panel_material_ui.base import MaterialComponent
from param.parameterized import no_instance_params

from dashboard.browser import Browser
from dashboard.pages.grid.table import Table
from dashboard.pages.upload.component import Uploader
from dashboard.parts.charted import Charted
from dashboard.parts.field import Field
from dashboard.parts.picking import Picking

_MADE_OFTEN = (
    *(Browser, Charted, Field, Picking, Table, Uploader),
    *(pmui.Button, pmui.Column, pmui.DatePicker, pmui.IconButton, pmui.Row, pmui.Select),
    *(pn.Column, pn.Row, pn.pane.HTML),
)


def share_parameters() -> None:
    """Let widgets of one kind have the same parameters, which hold bounds and texts for help, but no values.

    Param copies the parameters of a kind, sixty of them, for each widget whose parameters are looked at, and Panel
    looks at all. Nothing changes them for one widget alone but Panel, which opens those that only it may write for as
    long as it does so; widgets that have such parameters, as fields for text do, keep their own. The `value` of a
    button, true for the moment of a click, may be wrong while others are clicked: follow `clicks`, as `on_click` does.
    """
    for kind in _MADE_OFTEN:
        no_instance_params(kind)


def name_no_other_server() -> None:
    """Tell browsers nothing of where scripts could be had that are in the bundle.

    Each component of Material would bring two kilobytes of addresses of another server, which the browser reads anew
    for each of them and never uses. By one name that begins with `@mui` Panel knows that its styles belong into the
    shadow tree of the component.
    """
    component: Any = MaterialComponent  # Any: what is taken out is private
    component._process_importmap = classmethod(lambda _: {"imports": {"@mui/": "none:/"}})
