"""The clock of the sessions: acts where something is due, never twice at a time, whatever fails elsewhere."""

import logging
from collections.abc import Iterator
from threading import Event

import pytest
from bokeh.document import Document

from dashboard.clock import Clock
from dashboard.in_order import InOrder

PATIENCE_S = 20


@pytest.fixture
def executor() -> Iterator[InOrder]:
    with InOrder(2) as threads:
        yield threads


def test_only_what_is_due_acts_and_each_session_once_at_a_time(executor: InOrder) -> None:
    clock, acted, goes_on = Clock(), [], Event()
    idle, busy = Document(), Document()

    def work() -> None:
        acted.append("busy")
        assert goes_on.wait(PATIENCE_S)

    clock.add(idle, lambda: False, lambda: acted.append("idle"))
    clock.add(busy, lambda: True, work)
    for _ in range(3):
        clock.look(executor)
    goes_on.set()
    executor.shutdown(wait=True)
    assert acted == ["busy"]


def test_what_fails_is_told_and_the_others_act(executor: InOrder, caplog: pytest.LogCaptureFixture) -> None:
    clock, acted = Clock(), []

    def fail() -> None:
        raise ValueError("no")

    clock.add(Document(), lambda: bool(1 / 0), fail)
    clock.add(Document(), lambda: True, fail)
    clock.add(Document(), lambda: True, lambda: acted.append("other"))
    with caplog.at_level(logging.ERROR):
        clock.look(executor)
        executor.shutdown(wait=True)
    assert acted == ["other"]
    assert "what was done for a session failed" in caplog.text
    assert "whether something is due for a session is not known" in caplog.text


def test_a_session_that_ended_is_forgotten(executor: InOrder) -> None:
    clock, acted, document = Clock(), [], Document()
    clock.add(document, lambda: True, lambda: acted.append("gone"))
    clock.forget(document)
    clock.look(executor)
    executor.shutdown(wait=True)
    assert acted == []
