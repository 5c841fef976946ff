"""Controls that show and set one parameter of a page's state, beside each other as a bar."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import panel as pn
import panel_material_ui as pmui
import param
from panel.viewable import Viewable

from dashboard.parts.card import glass
from dashboard.parts.field import Field
from dashboard.parts.layout import tiles

_DAY_CSS = (
    ".date-picker .MuiFormControl-root { width: 100%; }"
    ".date-picker .MuiInputAdornment-root .MuiButtonBase-root { color: var(--q-quiet); }"
    ".date-picker .MuiInputAdornment-root .MuiSvgIcon-root { color: inherit; }"
)
"""As wide as its place, with a calendar that can be seen in the dark; the picker passes its `sx` on to neither."""


def choice(state: param.Parameterized, name: str, label: str, options: Mapping[str, str]) -> pmui.Select:
    """Return a list of values by their texts; `offer` changes what is in it."""
    widget = pmui.Select(label=label, sizing_mode="stretch_width", margin=0, size="small")
    offer(widget, options, getattr(state, name))
    widget.param.watch(lambda event: state.param.update(**{name: event.new or ""}), "value")
    state.param.watch(lambda event: offer(widget, widget.options, event.new), name)
    return widget


def offer(widget: pmui.Select, options: Mapping[str, str], value: str) -> None:
    """Let a list offer these values; one that is chosen and not among them is offered too."""
    told = dict(options)
    if value not in told.values():
        told[value] = value
    if widget.options != told:
        widget.param.update(options=told, value=value)
    elif widget.value != value:
        widget.value = value


def everything(values: Sequence[object], all_of_them: str = "All") -> dict[str, str]:
    """Return options for values that are their own texts, and one for no choice."""
    return {all_of_them: ""} | {str(value): str(value) for value in values}


def day(state: param.Parameterized, name: str, label: str) -> pmui.DatePicker:
    """Return a field for a day that may be empty."""
    widget = day_picker(label, getattr(state, name))
    widget.param.watch(lambda event: state.param.update(**{name: _as_day(event.new)}), "value")
    state.param.watch(lambda event: widget.param.update(value=event.new), name)
    return widget


def day_picker(label: str, value: date | None = None) -> pmui.DatePicker:
    """Return a field for a day that may be empty, bound to nothing."""
    return pmui.DatePicker(
        label=label,
        value=value,
        sizing_mode="stretch_width",
        margin=0,
        size="small",
        clearable=True,
        sx={"& input": {"paddingRight": 0, "fontSize": ".92rem"}, "& .MuiInputAdornment-root": {"marginLeft": 0}},
        stylesheets=[_DAY_CSS],
    )


def text(state: param.Parameterized, name: str, label: str, *, hint: str = "") -> Field:
    """Return a field for a text; it counts when the person leaves it or presses Enter."""
    widget = Field(
        label=label,
        value=getattr(state, name),
        placeholder=hint,
        sizing_mode="stretch_width",
        margin=0,
        size="small",
    )
    widget.param.watch(lambda event: state.param.update(**{name: (event.new or "").strip()}), "value")
    state.param.watch(lambda event: widget.param.update(value=event.new), name)
    return widget


def button(label: str, act: Callable[[], None], *, variant: str = "outlined", color: str = "primary") -> pmui.Button:
    """Return a button that does something."""
    made = pmui.Button(label=label, variant=variant, color=color, margin=0)
    made.on_click(lambda _: act())
    return made


def filter_bar(*widgets: Viewable, actions: Sequence[Viewable] = (), narrowest: str = "9rem") -> pn.Column:
    """Return controls on glass, in as many equal columns as fit, and what can be done below them."""
    controls = tiles(*widgets, narrowest=narrowest)
    controls.styles = {**controls.styles, "gap": ".75rem", "align-items": "center"}
    wrapped = {"flex-wrap": "wrap", "gap": ".5rem", "align-items": "center"}
    buttons = pn.Row(*actions, sizing_mode="stretch_width", margin=0, styles=wrapped)
    shown = (controls, buttons) if actions else (controls,)
    return glass(*shown, gap=".5rem", padding="1rem", **{"box-sizing": "border-box"})


def _as_day(value: Any) -> date | None:  # Any: what the picker sends
    return value.date() if isinstance(value, datetime) else value
