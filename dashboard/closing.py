"""What a closed session must not leave behind in the process."""

from typing import Any

import panel as pn
from panel_material_ui.template.base import Page


def forget_when_closed(page: Page) -> None:
    """Cut what keeps a page alive after its session: its hold on the process-wide busy flag, and its root."""
    document = pn.state.curdoc

    def forget(_: Any) -> None:  # Any: Bokeh's session context
        for watchers in (pn.state.param.watchers.get("busy") or {}).values():
            for watcher in [one for one in watchers if _belongs_to(one.fn, page)]:
                pn.state.param.unwatch(watcher)
        for ref in [ref for ref, (_, _, of, _) in pn.state._views.items() if of is document]:
            del pn.state._views[ref]

    if document is not None and document.session_context is not None:
        document.on_session_destroyed(forget)


def _belongs_to(function: Any, page: Page) -> bool:  # Any: whatever param keeps
    """Return whether a watcher of param works for a page."""
    owner = getattr(function, "__self__", None) or (getattr(function, "args", None) or (None,))[0]
    return owner is page
