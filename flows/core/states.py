"""The states of files, runs and exceptions, and every way from one to another; the database allows no other."""

from dataclasses import dataclass
from enum import StrEnum


class FileState(StrEnum):
    """Where a landed file stands."""

    LANDED = "LANDED"
    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    AWAITING_REVIEW = "AWAITING_REVIEW"
    REJECTED = "REJECTED"
    DUPLICATE = "DUPLICATE"
    FAILED = "FAILED"


class RunState(StrEnum):
    """How a run over a file ended, if it has."""

    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    AWAITING_REVIEW = "AWAITING_REVIEW"
    REJECTED = "REJECTED"
    FAILED = "FAILED"


class ExceptionState(StrEnum):
    """What became of a held row."""

    OPEN = "OPEN"
    RELEASED = "RELEASED"
    WAIVED = "WAIVED"
    DISCARDED = "DISCARDED"
    SUPERSEDED = "SUPERSEDED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """One way from a state to another."""

    thing: str
    before: str
    after: str
    when: str


def _file(before: FileState, after: FileState, when: str) -> Transition:
    return Transition(thing="file", before=before, after=after, when=when)


def _run(before: RunState, after: RunState, when: str) -> Transition:
    return Transition(thing="run", before=before, after=after, when=when)


def _exception(before: ExceptionState, after: ExceptionState, when: str) -> Transition:
    return Transition(thing="exception", before=before, after=after, when=when)


TRANSITIONS = (
    _file(FileState.LANDED, FileState.RUNNING, "a worker claims it"),
    _file(FileState.RUNNING, FileState.COMPLETED, "its rows are loaded or held, in one transaction"),
    _file(FileState.RUNNING, FileState.AWAITING_REVIEW, "more than half of its rows have errors"),
    _file(FileState.RUNNING, FileState.REJECTED, "it can't be read as a whole, or its object changed"),
    _file(FileState.RUNNING, FileState.DUPLICATE, "it is the same as one in force"),
    _file(FileState.RUNNING, FileState.FAILED, "our fault, a full disk, or tried too often"),
    _file(FileState.RUNNING, FileState.LANDED, "a server was away: it is tried again"),
    _file(FileState.AWAITING_REVIEW, FileState.LANDED, "a steward lets it go on"),
    _file(FileState.AWAITING_REVIEW, FileState.REJECTED, "a steward rejects it"),
    _file(FileState.FAILED, FileState.LANDED, "a person lets it be tried again"),
    _file(FileState.REJECTED, FileState.LANDED, "a person lets it be tried again"),
    _run(RunState.RUNNING, RunState.COMPLETED, "published"),
    _run(RunState.RUNNING, RunState.AWAITING_REVIEW, "more than half of the rows have errors: only tallies are kept"),
    _run(RunState.RUNNING, RunState.REJECTED, "the file can't be read as a whole, or is the same as one in force"),
    _run(RunState.RUNNING, RunState.FAILED, "an error of ours, a server away, or its process died"),
    _run(RunState.AWAITING_REVIEW, RunState.REJECTED, "a steward rejects it, or lets a new run read the file again"),
    _exception(ExceptionState.OPEN, ExceptionState.RELEASED, "corrected, judged again, loaded"),
    _exception(ExceptionState.OPEN, ExceptionState.WAIVED, "loaded as it is, by a second person"),
    _exception(ExceptionState.OPEN, ExceptionState.DISCARDED, "closed with a reason; or it says what stands already"),
    _exception(ExceptionState.OPEN, ExceptionState.SUPERSEDED, "a new version of the file is in force"),
    _exception(ExceptionState.RELEASED, ExceptionState.SUPERSEDED, "another line was released as an update of it"),
    _exception(ExceptionState.WAIVED, ExceptionState.SUPERSEDED, "another line was released as an update of it"),
)
