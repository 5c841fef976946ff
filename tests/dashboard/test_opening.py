"""What happens while a session is opening is not lost."""

import asyncio
import re
import threading
from collections.abc import Iterator
from typing import Any, cast

import pytest
from bokeh.document import Document
from bokeh.document.events import DocumentChangedEvent, SessionCallbackAdded, TitleChangedEvent
from panel.io import document as panel_document

from dashboard.scheduling import schedule_at_once, send_what_waits
from tests.dashboard.conftest import Dashboard
from tests.dashboard.wire import PATIENCE_S, Session, Visitors

DEBOUNCED_S = 0.5
"""Longer than Panel waits before it acts on what the browser told."""


@pytest.fixture(scope="module")
def visitors() -> Iterator[Visitors]:
    """Where the sessions of these tests live."""
    made = Visitors()
    yield made
    made.close()


def test_the_width_that_the_browser_tells_before_it_has_drawn_opens_the_menu(
    dashboard: Dashboard, visitors: Visitors
) -> None:
    async def visit() -> None:
        session = await Session.open(dashboard.url, "/runs", dashboard.cookie("steward"), is_drawn=False)
        assert session.data_of("Page")["attributes"]["sidebar_open"] is False
        await session.set(session.data_of("Browser"), is_narrow=False)
        await asyncio.sleep(DEBOUNCED_S)  # nothing tells when a message was acted on that has no effect to be seen
        await session.say_drawn()
        await session.settled()
        assert session.data_of("Page")["attributes"]["sidebar_open"] is True
        await session.close()

    visitors.run(visit())


def test_a_link_that_is_clicked_before_the_page_is_drawn_is_followed(dashboard: Dashboard, visitors: Visitors) -> None:
    async def visit() -> None:
        session = await Session.open(dashboard.url, "/runs", dashboard.cookie("steward"), is_drawn=False)
        await session.set(session.data_of("Browser"), url="/exceptions")
        await asyncio.sleep(DEBOUNCED_S)
        await session.say_drawn()
        await session.wait_for("Exceptions&lt;/h1&gt;")
        await session.settled()
        assert session.data_of("Browser")["attributes"]["title"].startswith("Exceptions")
        await session.close()

    visitors.run(visit())


def test_nothing_on_a_page_names_another_server(dashboard: Dashboard, visitors: Visitors) -> None:
    async def visit() -> list[str]:
        session = await Session.open(dashboard.url, "/exceptions", dashboard.cookie("steward"))
        await session.wait_for("How does the backlog move?")
        await session.settled()
        told = re.findall(r"https?://[\w.:]+", str(list(session.models.values())))
        await session.close()
        return told

    assert visitors.run(visit()) == []


class Connection:
    """One to a browser whose writes end when the test wants it."""

    def __init__(self) -> None:
        self.protocol, self._socket = self, self
        self.sent: list[str] = []
        self.is_written = asyncio.get_running_loop().create_future()

    def create(self, _kind: str, events: list[str]) -> str:
        """Return a message."""
        return " ".join(events)

    def write(self, *, msg: str) -> list[asyncio.Future[None]]:
        """Send a message."""
        self.sent.append(msg)
        return [self.is_written]


def test_what_comes_while_something_is_sent_is_sent_too(visitors: Visitors, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(panel_document, "_dispatch_msgs", panel_document._dispatch_msgs)
    monkeypatch.setitem(panel_document.extra_socket_handlers, Connection, Connection.write)
    send_what_waits()

    async def send() -> list[str]:
        document = Document()
        connection: Any = Connection()  # Any: it stands in for one of Bokeh's, as texts do for its events
        click, dialog = cast("Any", ["the click was heard"]), cast("Any", ["the dialog"])
        panel_document.schedule_write_events(document, [connection], click)
        async with asyncio.timeout(PATIENCE_S):
            while not connection.sent:
                await asyncio.sleep(0)
        connection.is_written.set_result(None)
        panel_document.schedule_write_events(document, [connection], dialog)
        async with asyncio.timeout(PATIENCE_S):
            while document in panel_document._WRITE_BLOCK:
                await asyncio.sleep(0)
        return list(connection.sent)

    assert visitors.run(send()) == ["the click was heard", "the dialog"]


def test_what_a_thread_schedules_reaches_the_loop_while_changes_are_held() -> None:
    document, told = Document(), list[DocumentChangedEvent]()
    schedule_at_once(document)
    document.on_change(told.append)
    document.hold("combine")
    thread = threading.Thread(target=lambda: document.add_next_tick_callback(lambda: None))
    thread.start()
    thread.join()
    document.title = "a change that waits"
    assert [type(event) for event in told] == [SessionCallbackAdded]
    document.unhold()
    assert [type(event) for event in told] == [SessionCallbackAdded, TitleChangedEvent]
