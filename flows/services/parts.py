"""Lets a stage follow the one before it: parts lie on disk, this tells how many there are."""

from collections.abc import Iterator
from threading import Condition

from flows.core.errors import QuaysideError


class StoppedError(QuaysideError):
    """An earlier stage gave up; there is nothing to follow."""

    def __init__(self) -> None:
        super().__init__("an earlier stage of the run ended without a result")


class Parts:
    """The numbered parts that one stage has finished.

    A stage that runs again writes the same parts once more, so those who follow it need not know.
    """

    def __init__(self) -> None:
        self._changed = Condition()
        self._ready = 0
        self._is_complete = False
        self._is_stopped = False

    def add(self, number: int) -> None:
        """Tell that a part is ready."""
        with self._changed:
            self._ready = max(self._ready, number + 1)
            self._changed.notify_all()

    def complete(self) -> None:
        """Tell that there are no more parts."""
        with self._changed:
            self._is_complete = True
            self._changed.notify_all()

    def stop(self) -> None:
        """Tell that nothing more will come."""
        with self._changed:
            self._is_stopped = True
            self._changed.notify_all()

    def follow(self) -> Iterator[int]:
        """Yield every part from the first one on, waiting for those that are not ready yet.

        Raises:
            StoppedError: The stage gave up.
        """
        number = 0
        while self._is_there(number):
            yield number
            number += 1

    def _is_there(self, number: int) -> bool:
        with self._changed:
            self._changed.wait_for(lambda: number < self._ready or self._is_complete or self._is_stopped)
            if self._is_stopped:
                raise StoppedError
            return number < self._ready
