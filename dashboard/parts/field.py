"""A field for a text."""

from typing import Any

import panel_material_ui as pmui
import param


class Field(pmui.TextInput):
    """As that of panel-material-ui, which has a parameter for reading only and copies all sixty whenever it writes it.

    Attributes:
        value_input: What stands in the field while a person types.
    """

    value_input = param.String(default="", allow_None=True, readonly=False, constant=False)

    def __init__(self, **options: Any) -> None:  # Any: parameters of panel-material-ui
        """Make one."""
        super().__init__(**options)  # type: ignore[no-untyped-call]  # of Panel

    @param.depends("value", watch=True, on_init=True)
    def _sync_value_input(self) -> None:
        self.value_input = self.value
