"""What a closed session must not leave behind in the process."""

from typing import Any

import panel as pn
from bokeh.document import Document
from panel.util.parameters import edit_readonly
from panel_material_ui.template.base import Page


def be_busy_alone(page: Page) -> None:
    """Unbind a new page from the flag that says that anybody in this process is busy.

    It would keep the page for ever, and tell every browser of every click and tick of all the others.
    """
    for watchers in (pn.state.param.watchers.get("busy") or {}).values():
        for watcher in [one for one in watchers if _belongs_to(one.fn, page)]:
            pn.state.param.unwatch(watcher)
    with edit_readonly(page):
        page.busy = False


def forget_when_closed(document: Document) -> None:
    """Cut, when the session of a document ends, what the process still knows of it."""

    def forget(_: Any) -> None:  # Any: Bokeh's session context
        for ref in [ref for ref, (_, _, of, _) in pn.state._views.items() if of is document]:
            del pn.state._views[ref]

    if document.session_context is not None:
        document.on_session_destroyed(forget)


def _belongs_to(function: Any, page: Page) -> bool:  # Any: whatever param keeps
    """Return whether a watcher of param works for a page."""
    owner = getattr(function, "__self__", None)
    return owner is page or getattr(owner, "self_or_cls", None) is page
