"""The expected failures: each is one clear sentence, shown without a traceback and never retried."""

from datetime import datetime


class QuaysideError(Exception):
    """An expected failure; its text says what is wrong, what was expected and what to do."""


class FileRejectedError(QuaysideError):
    """The file as a whole can't be read; nothing of it is loaded."""


class MistakeError(QuaysideError):
    """A person asked for something that can't be done, and is told what can."""


class FenceLostError(QuaysideError):
    """Another run owns the file by now: this one may no longer publish."""

    def __init__(self, file_id: int) -> None:
        super().__init__(f"file {file_id} was taken over by another run; this run publishes nothing")
        self.file_id = file_id


class ObjectChangedError(QuaysideError):
    """The object was overwritten or removed between its listing and its reading."""

    def __init__(self, key: str) -> None:
        super().__init__(
            f"the object {key!r} was replaced or removed before it was read; "
            "its new version, if there is one, is picked up as a file of its own"
        )
        self.key = key


class StoreFullError(QuaysideError):
    """The object store still reads, but takes nothing more."""

    def __init__(self) -> None:
        super().__init__(
            "the object store takes nothing more, most likely because its disk is full: the file could not be "
            "archived and nothing of it was loaded. Make room, then drop it again or use `quayside retry`"
        )


class RefusedError(QuaysideError):
    """The account may not do this, or nobody is signed in."""


class ConflictError(QuaysideError):
    """Someone else changed the cell after the person saw it; both values are told."""

    def __init__(
        self, *, column: str, seen: str | None, current: str | None, wanted: str, by: str, at: datetime | None
    ) -> None:
        when = f" by {by} at {at:%Y-%m-%d %H:%M} UTC" if at else ""
        super().__init__(
            f"{column} was {_shown(seen)} when you saw it and was changed to {_shown(current)}{when}; "
            f"your value {_shown(wanted)} was not written. Look at it again and decide which one holds"
        )
        self.column = column
        self.seen = seen
        self.current = current
        self.wanted = wanted
        self.by = by
        self.at = at


class BrokenRulesError(QuaysideError):
    """The rules do not let a correction stand."""

    def __init__(self, messages: tuple[str, ...]) -> None:
        super().__init__(f"the rules do not let this stand: {'; '.join(messages)}. Nothing was written")
        self.messages = messages


def _shown(value: str | None) -> str:
    return "(missing)" if value in (None, "") else repr(value)
