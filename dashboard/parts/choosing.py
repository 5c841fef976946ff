"""Controls that show and set one parameter of a page's state."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

import panel_material_ui as pmui
import param
from panel.viewable import Viewable

from dashboard.parts.card import glass


def choice(state: param.Parameterized, name: str, label: str, options: Mapping[str, str], width: int = 180) -> Any:
    """Return a list to choose from.

    Args:
        options: Values by the text that people see.
    """
    known = set(options.values())

    def shown(value: str) -> str:
        return value if value in known else ""

    widget = pmui.Select(
        label=label, options=dict(options), value=shown(getattr(state, name)), width=width, margin=0, size="small"
    )
    widget.param.watch(lambda event: state.param.update(**{name: event.new or ""}), "value")
    state.param.watch(lambda event: widget.param.update(value=shown(event.new)), name)
    return widget


def day(state: param.Parameterized, name: str, label: str) -> Any:
    """Return a field for a day that may be empty."""
    widget = pmui.DatePicker(label=label, value=getattr(state, name), width=150, margin=0, size="small", clearable=True)
    widget.param.watch(lambda event: state.param.update(**{name: _as_day(event.new)}), "value")
    state.param.watch(lambda event: widget.param.update(value=event.new), name)
    return widget


def text(state: param.Parameterized, name: str, label: str, *, hint: str = "", width: int = 200) -> Any:
    """Return a field for a text; it counts when the person leaves it or presses Enter."""
    widget = pmui.TextInput(
        label=label, value=getattr(state, name), placeholder=hint, width=width, margin=0, size="small"
    )
    widget.param.watch(lambda event: state.param.update(**{name: (event.new or "").strip()}), "value")
    state.param.watch(lambda event: widget.param.update(value=event.new), name)
    return widget


def clearing(act: Callable[[], None], label: str = "Show everything") -> Any:
    """Return a button that takes all filters away."""
    button = pmui.Button(label=label, variant="outlined", margin=(4, 0))
    button.on_click(lambda _: act())
    return button


def bar_of(*widgets: Viewable) -> Viewable:
    """Return controls beside each other on glass."""
    return glass(
        pmui.Row(
            *widgets,
            margin=0,
            sizing_mode="stretch_width",
            sx={"flexWrap": "wrap", "gap": 1.5, "p": 2, "alignItems": "flex-start"},
        )
    )


def _as_day(value: Any) -> date | None:  # Any: what the picker sends
    return value.date() if isinstance(value, datetime) else value
