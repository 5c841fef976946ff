"""One event of the audit trail as markup that people can read, without a secret."""

import json
import re
from collections.abc import Mapping
from typing import Any

from dashboard import formats
from dashboard.formats import escaped
from dashboard.parts.drawn import code, words

_SECRET = re.compile(r"password|secret|token|hash$", re.IGNORECASE)
_LONG = 120
_THINGS = ("rows", "files", "events", "heads", "problems")


def told(event: Mapping[str, Any]) -> str:
    """Return counts and details of an event; what is long stands behind a click."""
    details = without_secrets(event["details"])
    counts = ", ".join(
        formats.size(number) if name == "bytes" else escaped(_counted(number, name.replace("_", " ")))
        for name, number in event["counts"].items()
        if number or len(event["counts"]) < 6
    )
    short = {name: value for name, value in details.items() if _is_short(value)}
    lines = ", ".join(f"{escaped(words(name).lower())} <b>{escaped(value)}</b>" for name, value in short.items())
    trace = details.pop("trace", "")
    whole = json.dumps({"counts": event["counts"], "details": details}, indent=2, ensure_ascii=False)
    has_more = trace or len(short) < len(details) or len(event["counts"]) >= 6
    more = (code(str(trace), title="Trace") if trace else "") + (code(whole, title="Everything") if has_more else "")
    return f"<div>{counts}</div><div class='q-note'>{lines}</div>{more}"


def without_secrets(details: Mapping[str, Any]) -> dict[str, Any]:
    """Return details with every text hidden whose name says that it is a secret; there should be none."""
    return {
        name: without_secrets(value)
        if isinstance(value, dict)
        else "(hidden)"
        if isinstance(value, str) and _SECRET.search(name)
        else value
        for name, value in details.items()
    }


def _counted(number: int, what: str) -> str:
    """Return how many; one row is no rows."""
    thing, _, more = what.partition(" ")
    if thing not in _THINGS:
        return f"{formats.count(number)} {what}"
    return f"{formats.many(number, thing.removesuffix('s'))} {more}".rstrip()


def _is_short(value: object) -> bool:
    return isinstance(value, (str, int, float, bool)) and len(str(value)) <= _LONG
