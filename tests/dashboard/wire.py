"""A browser's half of many sessions, without browsers: what Bokeh's own script sends and takes, by websocket."""

from __future__ import annotations

import asyncio
import json
import re
import threading
import time
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, TypeVar
from uuid import uuid4

from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

T = TypeVar("T")
Model = dict[str, Any]
"""One model of Bokeh: `name`, `id` and its `attributes`, as far as they were told."""
PATIENCE_S = 60
MAX_VISIT_S = 600
PARTS_OF_A_PAGE = 5
"""Models by which a page differs from the skeleton that stands there before it."""
TOKEN = re.compile(r'"token":\s*"([^"]+)"')
MAX_MESSAGE_BYTES = 64 << 20


class _ClosedError(Exception):
    """The websocket was closed at one of its ends."""


class Session:
    """One session whose page is open.

    Attributes:
        models: Every model that the server told of, by its id.
        models_of_shell: How many there were before the page itself came.
        answered_at: When the last message came, on the monotonic clock.
        patches: How many patches came.
        received_bytes: How much came through the websocket.
    """

    def __init__(self, socket: WebSocketClientConnection) -> None:
        self._socket = socket
        self._replies: dict[str, asyncio.Future[Any]] = {}
        self._is_ready, self._arrived = asyncio.Event(), asyncio.Event()
        self.models: dict[str, Model] = {}
        self.models_of_shell = 0
        self.answered_at = 0.0
        self.patches = 0
        self.received_bytes = 0
        self._told: set[asyncio.Future[None]] = set()
        self._reader = asyncio.ensure_future(self._read())

    @classmethod
    async def open(cls, url: str, path: str, cookie: str, *, is_drawn: bool = True) -> Session:
        """Ask for a page, open its websocket and, unless that comes later, say that it is drawn."""
        page = await AsyncHTTPClient().fetch(
            HTTPRequest(url + path, headers={"Cookie": cookie}, request_timeout=PATIENCE_S, follow_redirects=False)
        )
        found = TOKEN.search(page.body.decode())
        assert found, "the page has no token"
        address = url.replace("http", "ws", 1) + path.partition("?")[0] + "/ws"
        socket = await websocket_connect(
            HTTPRequest(address, headers={"Cookie": cookie, "Origin": url}, request_timeout=PATIENCE_S),
            subprotocols=["bokeh", found[1]],
            max_message_size=MAX_MESSAGE_BYTES,
        )
        session = cls(socket)
        await asyncio.wait_for(session._is_ready.wait(), PATIENCE_S)
        document = await session._ask("PULL-DOC-REQ", {})
        session._learn(document)
        session.models_of_shell = len(session.models)
        if is_drawn:
            await session.say_drawn()
        return session

    async def say_drawn(self) -> None:
        """Say that the browser has drawn the document; the server builds the page now."""
        await self._event({"type": "event", "name": "document_ready", "values": {"type": "map", "entries": []}})

    async def settled(self, quiet_s: float = 0.5) -> None:
        """Return when the page was built and nothing came for a while."""
        until = time.monotonic() + PATIENCE_S
        while (
            len(self.models) < self.models_of_shell + PARTS_OF_A_PAGE or time.monotonic() < self.answered_at + quiet_s
        ):
            assert time.monotonic() < until, "the page does not settle"
            await asyncio.sleep(quiet_s / 10)

    async def wait_for(self, text: str) -> None:
        """Return as soon as a text stands in any model."""
        until = time.monotonic() + PATIENCE_S
        while not any(text in str(model["attributes"]) for model in self.models.values()):
            self._arrived.clear()
            await asyncio.wait_for(self._arrived.wait(), until - time.monotonic())

    async def set(self, model: Model, **attributes: Any) -> None:
        """Change attributes of a model as a person would with its widget; return when the server took it."""
        model["attributes"].update(attributes)
        await self._patch(
            [
                {"kind": "ModelChanged", "model": {"id": model["id"]}, "attr": name, "new": value}
                for name, value in attributes.items()
            ]
        )

    def named(self, kind: str, **attributes: Any) -> Model:
        """Return the only model of a kind whose attributes say so."""
        found = [
            model
            for model in self.models.values()
            if kind in model["name"] and attributes.items() <= _flat(model["attributes"]).items()
        ]
        (one,) = found
        return one

    def data_of(self, title: str) -> Model:
        """Return the model with the parameters of the only component of a name."""
        (component,) = [model for model in self.models.values() if model["attributes"].get("name") == title]
        return self.models[component["attributes"]["data"]["id"]]

    async def choose(self, label: str, value: object) -> None:
        """Give the newest widget of a label another value; return when the server took it."""
        await self.set(self._data(label=label), value=value)

    def options(self, label: str) -> list[str]:
        """Return what the newest list of a label offers besides what is chosen."""
        told = self._data(label=label)["attributes"]
        return [one for one in told["options"] if one != told["value"]]

    async def go(self, url: str) -> None:
        """Open another page, as a link of the menu does."""
        await self.set(self._data(pages=None), url=url)

    async def tell(self, component: str, **message: str) -> None:
        """Send what a component of ours tells, the newest of its kind."""
        model = [one for one in self.models.values() if one["attributes"].get("class_name") == component][-1]
        values = [["model", {"id": model["id"]}], ["data", {"type": "map", "entries": list(message.items())}]]
        await self._event({"type": "event", "name": "data_event", "values": {"type": "map", "entries": values}})

    async def close(self) -> None:
        """Close the websocket, as a closed window does."""
        self._socket.close()
        await self._reader

    def _data(self, **attributes: Any) -> Model:
        """Return the newest data of a component that has such attributes; None stands for any value."""

        def fits(model: Model) -> bool:
            told = model["attributes"]
            return all(name in told and value in (None, told[name]) for name, value in attributes.items())

        return [model for model in self.models.values() if "tags" in model["attributes"] and fits(model)][-1]

    async def _event(self, event: dict[str, Any]) -> None:
        await self._patch([{"kind": "MessageSent", "msg_type": "bokeh_event", "msg_data": event}])

    async def _patch(self, events: list[dict[str, Any]]) -> None:
        await self._ask("PATCH-DOC", {"events": events})

    async def _ask(self, kind: str, content: dict[str, Any]) -> Any:  # Any: what the server replies
        number = uuid4().hex
        reply = self._replies[number] = asyncio.get_running_loop().create_future()
        for part in ({"msgid": number, "msgtype": kind}, {}, content):
            await self._socket.write_message(json.dumps(part))
        try:
            await asyncio.wait({reply, self._reader}, timeout=PATIENCE_S, return_when=asyncio.FIRST_COMPLETED)
            assert reply.done(), f"no answer to {kind}"
            return reply.result()
        finally:
            del self._replies[number]

    async def _read(self) -> None:
        with suppress(_ClosedError):
            while True:
                header, _, content = json.loads(await self._part()), await self._part(), await self._part()
                for _ in range(2 * header.get("num_buffers", 0)):
                    self.received_bytes += len(await self._part())
                self.received_bytes += len(content)
                self._take(header, json.loads(content))
                self._say_what_is_drawn()
                self._arrived.set()

    def _say_what_is_drawn(self) -> None:
        """Say of each list that waits for it that it is drawn; the rest of its page follows."""
        lists = [model["attributes"] for model in self.models.values() if model["attributes"].get("name") == "Picking"]
        for one in lists:
            data = self.models[one["data"]["id"]]
            if not data["attributes"].get("is_drawn"):
                data["attributes"]["is_drawn"] = True
                self._told.add(asyncio.ensure_future(self.set(data, is_drawn=True)))

    async def _part(self) -> str | bytes:
        """Return the next part of a message; a closed websocket says so once, also in the middle of one."""
        part = await self._socket.read_message()
        if part is None:
            raise _ClosedError
        return part

    def _take(self, header: dict[str, Any], content: Any) -> None:
        reply = self._replies.get(header.get("reqid", ""))
        if reply is not None and not reply.done():
            if header["msgtype"] == "ERROR":
                reply.set_exception(AssertionError(content))
            else:
                reply.set_result(content)
        if header["msgtype"] == "ACK":
            self._is_ready.set()
        if header["msgtype"] == "PATCH-DOC":
            self.patches += 1
            self.answered_at = time.monotonic()
            self._learn(content)
            for event in content["events"]:
                self._change(event)

    def _change(self, event: dict[str, Any]) -> None:
        model = self.models.get((event.get("model") or {}).get("id", ""))
        if model is not None and "attr" in event and "new" in event:
            model["attributes"][event["attr"]] = event["new"]

    def _learn(self, content: Any) -> None:
        """Note every model that stands anywhere in a message."""
        if isinstance(content, dict):
            if content.get("type") == "object" and "id" in content:
                model = self.models.setdefault(content["id"], {"id": content["id"], "attributes": {}})
                model["name"] = content["name"]
                model["attributes"].update(content.get("attributes") or {})
            for value in content.values():
                self._learn(value)
        elif isinstance(content, list):
            for value in content:
                self._learn(value)


def _flat(attributes: dict[str, Any]) -> dict[str, Any]:
    """Return attributes, and those of the `data` of a component of Panel, that can be compared."""
    data = attributes.get("data")
    inner = data.get("attributes", {}) if isinstance(data, dict) else {}
    return {name: value for name, value in {**inner, **attributes}.items() if isinstance(value, str | int | bool)}


class Visitors:
    """A thread in which sessions live, for callers that have no loop of their own."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="visitors", daemon=True)
        self._thread.start()

    def run(self, what: Coroutine[Any, Any, T]) -> T:
        """Return what a coroutine returns."""
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(MAX_VISIT_S)

    def close(self) -> None:
        """End the thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
