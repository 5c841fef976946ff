"""What is going on, for Prometheus: text that its scraper reads, straight from the database."""

from collections.abc import Iterable, Mapping

from flows.adapters.warehouse import Warehouse
from sql import PLATFORM, query

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_HELP = {
    "quayside_runs": "Runs by dataset and state.",
    "quayside_files": "Files of the ledger by dataset and state.",
    "quayside_rows": "Rows of completed runs by dataset and outcome.",
    "quayside_exceptions_open": "Held rows that wait for a person, by dataset and category.",
    "quayside_stage_seconds_sum": "Seconds that ended stages took in the last 24 hours.",
    "quayside_stage_seconds_count": "Stages that ended in the last 24 hours.",
    "quayside_oldest_waiting_file_seconds": "Age of the oldest file that no run has taken.",
    "quayside_pickups_watching": "Pickup runs that gave a sign of life in the last minute.",
    "quayside_audit_events_unchained": "Audit events that are not chained yet.",
}


def metrics(warehouse: Warehouse, extra: Mapping[str, tuple[str, float]] | None = None) -> str:
    """Return every measure in Prometheus' text format.

    Args:
        extra: Gauges that the caller knows itself, such as its sessions: what each means and its value, by name.
    """
    rows = warehouse.rows(query(PLATFORM, "metrics"))
    lines: list[str] = []
    for name, meaning in _HELP.items():
        lines += _family(name, meaning, ((row["labels"], row["value"]) for row in rows if row["metric"] == name))
    for name, (meaning, value) in (extra or {}).items():
        lines += _family(name, meaning, [({}, value)])
    return "\n".join(lines) + "\n"


def _family(name: str, meaning: str, samples: Iterable[tuple[Mapping[str, str], float]]) -> list[str]:
    return [
        f"# HELP {name} {meaning}",
        f"# TYPE {name} gauge",
        *(f"{name}{_labels(labels)} {float(value):g}" for labels, value in samples),
    ]


def _labels(labels: Mapping[str, str]) -> str:
    told = ",".join(f'{name}="{_escaped(value)}"' for name, value in sorted(labels.items()))
    return f"{{{told}}}" if told else ""


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
