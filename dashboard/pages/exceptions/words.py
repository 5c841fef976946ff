"""How the inbox calls things."""

import re

STATE_MEANINGS = {"OPEN": "held", "RELEASED": "good", "WAIVED": "good", "DISCARDED": "neutral", "SUPERSEDED": "neutral"}
STAGES = {
    "Reading": "reading",
    "Validation": "validation",
    "Duplicates": "duplicates",
    "Correction that failed": "correction",
}
AGES = {"Any age": "", "1 day or more": "1", "3 days": "3", "7 days": "7", "30 days": "30", "90 days": "90"}
_RUN = re.compile(r"\b([0-9a-f]{8})-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")


def in_words(code: str) -> str:
    """Return a category or a rule as people read it."""
    return code.replace("_", " ").lower().capitalize()


def short(message: str) -> str:
    """Return a message with runs named by their first characters."""
    return _RUN.sub(r"\1", message)
