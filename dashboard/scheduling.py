"""How what a thread wants done reaches the event loop, and what the loop sends the browser."""

from typing import Any

from bokeh.document import Document
from bokeh.document.events import DocumentChangedEvent, SessionCallbackAdded, SessionCallbackRemoved
from panel.io import document as panel_document


def schedule_at_once(document: Document) -> None:
    """Let calls that threads schedule reach the event loop although the changes of a document are being held.

    Panel holds the events of a document while it changes a model on the loop. A call that a thread schedules in that
    moment is one more event in the list that the loop is just about to take: seldom, but it happens, the call is lost,
    and with it what the thread wanted to show. Such events change nothing that could be combined or sent, so that they
    need not wait.
    """
    manager = document.callbacks
    hold_or_tell = manager.trigger_on_change

    def trigger(event: DocumentChangedEvent) -> None:
        if isinstance(event, SessionCallbackAdded | SessionCallbackRemoved):
            for tell in manager.change_callbacks():
                tell(event)
        else:
            hold_or_tell(event)

    manager.trigger_on_change = trigger  # type: ignore[method-assign]


def send_what_waits() -> None:
    """Let Panel send messages that come while it writes others to a browser.

    At the end of a write it forgets that messages may wait, also those that came meanwhile: they stayed until the next
    change of the session, which may never come, and a click seemed to do nothing.
    """
    write: Any = panel_document._dispatch_msgs  # Any: Panel tells no types; so below

    async def write_all(document: Document) -> None:
        await write(document)
        if document in panel_document._WRITE_MSGS:
            panel_document._WRITE_BLOCK[document] = True
            again: Any = panel_document._dispatch_write_task
            again(document, write_all, document)

    panel_document._dispatch_msgs = write_all
