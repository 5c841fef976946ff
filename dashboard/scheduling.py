"""How what a thread wants done reaches the event loop."""

from bokeh.document import Document
from bokeh.document.events import DocumentChangedEvent, SessionCallbackAdded, SessionCallbackRemoved


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
