"""What our processes log: one line an event, as text or JSON, with the run, file and stage that it is about."""

import json
import logging
import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

FORMAT_VARIABLE = "QUAYSIDE_LOG_FORMAT"
"""Prefect's processes read their logging from a file that can't be told a setting."""
_ABOUT: ContextVar[Mapping[str, object]] = ContextVar("about", default={})  # noqa: B039  # it is never changed
_SECRETS = re.compile(
    r"(?P<before>://[^\s/:@]*:|\b(?:Basic|Bearer)\s+|[?&](?:code|state|token|X-Amz-[A-Za-z]+)=)[^\s@&'\"]+"
)
_CONTROLS = {number: f"\\x{number:02x}" for number in (*range(32), 127)}


@contextmanager
def about(**facts: object) -> Iterator[None]:
    """Add facts to every line that is logged in the body, also by threads that copy its context."""
    token = _ABOUT.set({**_ABOUT.get(), **facts})
    try:
        yield
    finally:
        _ABOUT.reset(token)


def begin(log_format: str) -> None:
    """Let this process log to stderr: its own events, and warnings of the libraries."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter(log_format))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    for name in ("flows", "infra", "dashboard"):
        logging.getLogger(name).setLevel(logging.INFO)
    for name in ("bokeh", "panel"):  # they print in ways of their own
        theirs = logging.getLogger(name)
        theirs.handlers.clear()
        theirs.setLevel(logging.WARNING)
        theirs.propagate = True


def formatter(log_format: str = "") -> logging.Formatter:
    """Return what makes lines of events; without a name the one that the environment names."""
    return JsonLines() if (log_format or os.environ.get(FORMAT_VARIABLE)) == "json" else TextLines()


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, logger, message, and the facts."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        told = {
            "time": _time(record),
            "level": record.levelname,
            "logger": record.name,
            "message": without_secrets(record.getMessage()),
            **_facts(record),
        }
        if trace := _trace(self, record):
            told["trace"] = trace
        return json.dumps(told, ensure_ascii=False, default=str)


class TextLines(logging.Formatter):
    """The same for people; the trace of an error follows on lines of its own."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        message = without_secrets(record.getMessage()).translate(_CONTROLS)
        facts = " ".join(f"{name}={value}".translate(_CONTROLS) for name, value in _facts(record).items())
        line = f"{_time(record)} {record.levelname:<7} {record.name}: {message}" + (f" [{facts}]" if facts else "")
        return "\n".join(part for part in (line, _trace(self, record)) if part)


def without_secrets(text: str) -> str:
    """Return a text without passwords of addresses, tokens and signatures."""
    return _SECRETS.sub(r"\g<before>***", text)


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _facts(record: logging.LogRecord) -> dict[str, object]:
    """Return what an event is about: from its context, from Prefect, and what was told with it."""
    of_prefect = {"run_id": "flow_run_id", "flow": "flow_name", "task": "task_name"}
    known = {name: getattr(record, theirs, None) for name, theirs in of_prefect.items()}
    facts = {name: value for name, value in known.items() if value} | {**_ABOUT.get()}
    return facts | getattr(record, "facts", {})


def _trace(lines: logging.Formatter, record: logging.LogRecord) -> str:
    return without_secrets(lines.formatException(record.exc_info)) if record.exc_info else ""
