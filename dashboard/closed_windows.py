"""Keeps out of the log that a person closed a window, which is no fault of anybody."""

import logging

from tornado.iostream import StreamClosedError
from tornado.websocket import WebSocketClosedError

_SAYS_SO = "Failed sending message as connection was closed"
"""What Bokeh and Panel warn of for each message that was under way."""


def is_news(record: logging.LogRecord) -> bool:
    """Return whether an event tells anything else than that a websocket was closed at its other end."""
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, WebSocketClosedError | StreamClosedError) and record.msg != _SAYS_SO


def keep_quiet() -> None:
    """Log closed windows no longer: each would be a dozen warnings, some with a trace, that hide what matters."""
    for name in ("asyncio", "bokeh.server.views.ws", "panel.io.document"):
        logging.getLogger(name).addFilter(is_news)
