"""How the state of a run is told."""

from collections.abc import Mapping
from typing import Any

from dashboard.parts.text import chip

MEANINGS = {
    "COMPLETED": "good",
    "RUNNING": "accent",
    "AWAITING_REVIEW": "held",
    "REJECTED": "bad",
    "FAILED": "bad",
    "DUPLICATE": "neutral",
}
WORDS = {
    "COMPLETED": "Completed",
    "RUNNING": "Running",
    "AWAITING_REVIEW": "Waits for review",
    "REJECTED": "Rejected",
    "FAILED": "Failed",
    "DUPLICATE": "Duplicate",
}
SILENT = "No sign of life"
"""A run whose lease has ended: its process died, and the next worker takes the file over."""


def state_chip(row: Mapping[str, Any]) -> str:
    """Return the state of a run, as our own ledger says."""
    if row["is_silent"]:
        return chip(SILENT, "bad")
    state = "DUPLICATE" if row["is_duplicate"] else str(row["state"])
    return chip(WORDS[state], MEANINGS[state])
