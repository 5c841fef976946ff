"""What a person is told of a file on its way: its step, its figures, and a sentence where one is due."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from dashboard import formats
from flows.services.uploads import GONE

Row = Mapping[str, Any]
UPLOADING, PICKED_UP, VALIDATING, LOADING, DONE = range(5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """How far a file is.

    Attributes:
        step: Number of the step it is at, or was stopped at.
        percent: How much of the step is done, where that is known.
        label: What is going on, in a few words.
        meaning: good, held, bad, neutral or accent.
        is_done: Its rows are loaded or held.
        is_over: Nothing more will happen by itself.
    """

    step: int
    label: str
    meaning: str = "accent"
    percent: int | None = None
    sentence: str = ""
    is_done: bool = False
    is_over: bool = False
    read: int | None = None
    loaded: int | None = None
    held: int | None = None


def told_of(row: Row) -> Told:
    """Return how far a file is."""
    state = row["file_state"]
    if state is None:
        return _before_the_ledger(row)
    if state == "LANDED":
        sentence = f"{row['file_reason']}" if row["file_reason"] else ""
        return Told(step=PICKED_UP, label="waits for a worker", sentence=sentence)
    return _under_way(row) if state == "RUNNING" else _ended(row)


def is_under_way(row: Row) -> bool:
    """Return whether something will still happen by itself."""
    return not told_of(row).is_over


def _before_the_ledger(row: Row) -> Told:
    state = row["upload_state"]
    if state == "ABORTED":
        reason = row["upload_reason"] or GONE
        sentence = f"{row['base_name']} was not finished, and nothing of it landed: {reason}"
        return Told(step=UPLOADING, label="not finished", meaning="bad", is_over=True, sentence=sentence)
    if state == "LANDED":
        return Told(step=PICKED_UP, label="landed, waits for the pickup")
    part = _percent(row["received_bytes"], row["size_bytes"])
    return Told(step=UPLOADING, label="waits for its turn" if state == "BEGUN" else f"uploading {part} %", percent=part)


def _under_way(row: Row) -> Told:
    started, ended = row["stages_started"] or (), row["stages_ended"] or ()
    if "validate" in ended:
        read, held = row["rows_validated"], row["rows_held_validated"]
        written = row["rows_written"] or None
        part = _percent(written, read - held) if written else None
        label = "loading" if part is None else f"loading {part} %"
        return Told(step=LOADING, label=label, percent=part, read=read, loaded=written, held=held)
    if "validate" in started:
        part = _percent(row["bytes_judged"], row["bytes_total"]) if row["bytes_total"] else None
        label = "validating" if part is None else f"validating {part} %"
        return Told(step=VALIDATING, label=label, percent=part, read=row["rows_judged"], held=row["rows_held_so_far"])
    return Told(step=PICKED_UP, label="picked up, being archived" if "register" in started else "picked up")


def _ended(row: Row) -> Told:
    state, reason = row["file_state"], row["file_reason"] or ""
    if state == "COMPLETED":
        return Told(
            step=DONE,
            label="done",
            meaning="good",
            is_done=True,
            is_over=True,
            read=row["rows_read"],
            loaded=row["rows_loaded"],
            held=row["rows_held"],
            sentence=_remarks(row),
        )
    if state == "AWAITING_REVIEW":
        return Told(
            step=LOADING,
            label="waits for a review",
            meaning="held",
            is_over=True,
            read=row["rows_read"],
            sentence=reason or "more than half of its rows have errors: a steward decides whether it goes on",
        )
    step, label, meaning = {
        "REJECTED": (VALIDATING, "rejected", "bad"),
        "DUPLICATE": (PICKED_UP, "known already", "neutral"),
        "FAILED": (LOADING, "failed", "bad"),
    }[state]
    return Told(step=step, label=label, meaning=meaning, is_over=True, sentence=reason)


def _remarks(row: Row) -> str:
    told = list(row["warnings"] or ())
    if row["rows_loaded_already"]:
        told.append(f"{formats.count(row['rows_loaded_already'])} of the held rows say what is loaded already")
    return "; ".join(told)


def _percent(part: int | None, whole: int | None) -> int:
    return min(100, int(100 * (part or 0) / whole)) if whole else 0


def as_sent(row: Row, titles: Mapping[str, str], link: Callable[..., str]) -> dict[str, Any]:
    """Return a file as the browser shows it; it makes text of everything."""
    told = asdict(told_of(row))
    return told | {
        "id": str(row["upload_id"] or row["object_key"]),
        "batch": row["batch"],
        "name": row["base_name"],
        "title": titles.get(row["dataset"], row["dataset"]),
        "size": row["size_bytes"],
        "started": formats.ago(row["created_at"]),
        "took": formats.duration(row["taken"]) if told["is_over"] and row["run_id"] else "",
        "run": link("runs", run=row["run_id"]) if row["run_id"] else "",
        "exceptions": link("exceptions", run=row["run_id"]) if told["is_done"] and row["rows_held"] else "",
        "has_landed": row["file_state"] is not None or row["upload_state"] == "LANDED",
        "can_stop": False,
    }
