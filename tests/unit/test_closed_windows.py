"""A closed window is not worth a line of the log; everything else is."""

import logging
from collections.abc import Iterator

import pytest
from tornado.iostream import StreamClosedError
from tornado.websocket import WebSocketClosedError

from dashboard.closed_windows import keep_quiet


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    bokeh = logging.getLogger("bokeh")
    level, propagate = bokeh.level, bokeh.propagate
    bokeh.setLevel(logging.WARNING)  # as where the dashboard has begun its log; Dask, once imported, says ERROR
    bokeh.propagate = True
    keep_quiet()
    yield caplog
    bokeh.setLevel(level)
    bokeh.propagate = propagate


@pytest.mark.parametrize("error", [WebSocketClosedError(), StreamClosedError()])
def test_what_was_on_its_way_to_a_closed_window_is_not_logged(told: pytest.LogCaptureFixture, error: Exception) -> None:
    logging.getLogger("asyncio").error("Task exception was never retrieved", exc_info=error)
    logging.getLogger("bokeh.server.views.ws").warning("Failed sending message as connection was closed")
    assert told.messages == []


def test_every_other_failure_is_logged(told: pytest.LogCaptureFixture) -> None:
    logging.getLogger("asyncio").error("Task exception was never retrieved", exc_info=KeyError("x"))
    logging.getLogger("bokeh.server.views.ws").warning("Failed sending message due to following error: x")
    assert len(told.messages) == 2
