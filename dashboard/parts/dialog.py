"""Questions to a person before something is done."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import panel_material_ui as pmui

from dashboard.formats import escaped
from dashboard.parts.field import Field
from dashboard.parts.text import markup

if TYPE_CHECKING:
    from dashboard.visit import Visit


def dialog(visit: Visit, title: str, *content: Any, width: str = "sm") -> pmui.Dialog:  # Any: viewables
    """Return an open dialog; set `open` to False to close it.

    Args:
        width: xs, sm, md, lg or xl, as Material names them.
    """
    shown = pmui.Dialog(*content, title=title, open=True, close_on_click=True, width_option=width)
    visit.dialogs[:] = [shown]
    return shown


def ask(
    visit: Visit,
    title: str,
    text: str,
    on_yes: Callable[[str], None],
    *,
    needs_reason: bool = False,
    yes: str = "Yes",
) -> None:
    """Ask, and call back with the reason when the person agrees; without a reason that is needed they can't."""
    reason = Field(label="Why (kept in the audit trail)", sizing_mode="stretch_width", visible=needs_reason)
    agree = pmui.Button(label=yes, color="primary", variant="contained", disabled=needs_reason)
    stop = pmui.Button(label="Cancel", variant="text")
    buttons = pmui.Row(stop, agree, margin=0, sx={"justifyContent": "flex-end", "gap": 1})
    shown = dialog(visit, title, pmui.Column(markup(f"<p>{escaped(text)}</p>"), reason, buttons, margin=0))
    reason.param.watch(lambda event: agree.param.update(disabled=not event.new.strip()), "value_input")

    def agreed(_: object) -> None:
        told = (reason.value_input or reason.value or "").strip()
        if needs_reason and not told:
            return
        shown.open = False
        on_yes(told)

    def stopped(_: object) -> None:
        shown.open = False

    agree.on_click(agreed)
    stop.on_click(stopped)
