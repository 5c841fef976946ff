"""What one session tells is acted on in order; sessions do not wait for each other."""

import threading
from collections.abc import Iterator

import pytest
from bokeh.document import Document

from dashboard.in_order import InOrder

PATIENCE_S = 10


@pytest.fixture
def threads() -> Iterator[InOrder]:
    made = InOrder(4)
    yield made
    made.shutdown()


class Asking:
    """A component that can cancel what it asked for."""

    MAY_OVERTAKE = True

    def __init__(self) -> None:
        self.is_cancelled = threading.Event()

    def ask(self, _: Document) -> bool:
        return self.is_cancelled.wait(PATIENCE_S)

    def cancel(self, _: Document) -> None:
        self.is_cancelled.set()


def test_a_click_does_not_overtake_the_text_before_it(threads: InOrder) -> None:
    session, typed, told = Document(), threading.Event(), list[str]()

    def take(_: Document, what: str) -> None:
        if what == "text":
            assert typed.wait(PATIENCE_S)
        told.append(what)

    done = [threads.submit(take, session, what) for what in ("text", "click", "click again")]
    somebody_elses = threads.submit(take, Document(), "somebody else's click")
    somebody_elses.result(PATIENCE_S)
    assert told == ["somebody else's click"]
    typed.set()
    for one in done:
        one.result(PATIENCE_S)
    assert told == ["somebody else's click", "text", "click", "click again"]


def test_what_fails_tells_so_and_stops_nothing_after_it(threads: InOrder) -> None:
    session = Document()

    def fail(_: Document) -> None:
        raise ValueError("no")

    failed, later = threads.submit(fail, session), threads.submit(lambda _: "done", session)
    with pytest.raises(ValueError, match="no"):
        failed.result(PATIENCE_S)
    assert later.result(PATIENCE_S) == "done"
    assert threads.submit(lambda _: "and again", session).result(PATIENCE_S) == "and again"


def test_what_was_asked_for_can_be_cancelled_while_it_runs(threads: InOrder) -> None:
    session, grid = Document(), Asking()
    asked = threads.submit(grid.ask, session)
    threads.submit(grid.cancel, session).result(PATIENCE_S)
    assert asked.result(PATIENCE_S)


def test_what_is_for_no_session_waits_for_none(threads: InOrder) -> None:
    assert threads.submit(lambda: 3).result(PATIENCE_S) == 3
