"""The expected failures: each is one clear sentence, shown without a traceback and never retried."""


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
