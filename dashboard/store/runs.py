"""What the page of runs shows: the runs that match, and one of them with its stages, controls and held rows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, LiteralString
from uuid import UUID
from zoneinfo import ZoneInfo

from flows.adapters.warehouse import Warehouse
from flows.core.errors import MistakeError
from flows.services import queries
from sql import query

Row = dict[str, Any]
PAGE_ROWS = 25
STAGES = ("register", "validate", "exceptions", "transform", "publish", "audit")
SIBLINGS = 60
EXPORTED = (
    "run_id", "dataset", "state", "started_at", "taken", "rows_read", "rows_loaded", "rows_held", "exceptions_open",
    "reason", "warnings", "file_id", "file", "batch", "is_duplicate", "is_silent",
)  # fmt: skip
"""What `runs_page` tells of a run, in its order."""

COMPARED = (
    "state", "rule_fingerprint", "code_version", "size_bytes", "taken", "rows_read", "rows_loaded", "rows_held",
    "exceptions_open", "warning_findings", "first_pass_quality", "final_quality", "check_pass_rate", "exception_rate",
)  # fmt: skip
"""What of two runs stands beside each other."""
Beside = tuple[str, Row | None, Row | None]
"""A rule, and how it ended in each of two runs; None where it did not judge."""
_NONE = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which runs a person wants to see; days are business days."""

    dataset: str = ""
    state: str = ""
    file: str = ""
    batch: str = ""
    first: date | None = None
    last: date | None = None


def runs(warehouse: Warehouse, chosen: Filter, zone: ZoneInfo, before: UUID | None = None) -> list[Row]:
    """Return a page of runs and one more row where another page follows, newest first."""
    values = _values(chosen, zone)
    return warehouse.rows(query("platform", "runs_page"), **values, before=before, limit=PAGE_ROWS + 1)


def number_of_runs(warehouse: Warehouse, chosen: Filter, zone: ZoneInfo) -> int:
    """Return how many runs match."""
    return int(warehouse.rows(query("platform", "runs_count"), **_values(chosen, zone))[0]["runs"])


def every_run(chosen: Filter, zone: ZoneInfo) -> tuple[LiteralString, dict[str, object]]:
    """Return the statement of all runs that match, with the columns `EXPORTED`, and its values."""
    return query("platform", "runs_page"), {**_values(chosen, zone), "before": None, "limit": None}


def _values(chosen: Filter, zone: ZoneInfo) -> dict[str, object]:
    file = chosen.file.strip()
    return {
        "dataset": chosen.dataset,
        "state": chosen.state,
        "file": file,
        "file_pattern": f"%{_as_it_stands(file)}%",
        "batch": chosen.batch,
        **period(chosen.first, chosen.last, zone),
    }


def by_state(warehouse: Warehouse, chosen: Filter, zone: ZoneInfo) -> dict[str, int]:
    """Return how many runs are in each state, of those that match but for the state."""
    rows = warehouse.rows(query("platform", "run_counts_by_state"), **_values(chosen, zone))
    return {row["state"]: row["runs"] for row in rows}


def found(warehouse: Warehouse, told: str) -> Row | None:
    """Return the run whose id starts as a person says; None where none or several do."""
    try:
        run_id = queries.run_id(warehouse, told)
    except MistakeError:
        return None
    rows = warehouse.rows(query("platform", "run_one"), run_id=run_id)
    return rows[0] if rows else None


def controls(warehouse: Warehouse, run_id: UUID) -> list[Row]:
    """Return how each rule ended."""
    return warehouse.rows(query("platform", "run_controls"), run_id=run_id)


def beside(mine: Sequence[Row], others: Sequence[Row]) -> list[Beside]:
    """Return the rules of two runs, those whose shares of failures differ most first."""
    here, there = ({row["rule"]: row for row in rows} for rows in (mine, others))
    names = [*here, *(name for name in there if name not in here)]
    gaps = {name: abs((share_of(here.get(name)) or _NONE) - (share_of(there.get(name)) or _NONE)) for name in names}
    names.sort(key=lambda name: -gaps[name])
    return [(name, here.get(name), there.get(name)) for name in names]


def share_of(row: Row | None) -> Decimal | None:
    """Return the share of the tested rows that broke a rule."""
    return Decimal(row["failed"]) / row["tested"] if row and row["tested"] else None


def held(warehouse: Warehouse, run_id: UUID) -> list[Row]:
    """Return held rows by category and state."""
    return warehouse.rows(
        "select category, state, rows_held from platform.held_by_category where run_id = %(run_id)s order by 1, 2",
        run_id=run_id,
    )


def events(warehouse: Warehouse, run_id: UUID) -> list[Row]:
    """Return what happened within the run, in order."""
    return warehouse.rows(query("platform", "run_events"), run_id=run_id)


def siblings(warehouse: Warehouse, run_id: UUID) -> list[Row]:
    """Return runs of the same dataset to compare with."""
    return warehouse.rows(query("platform", "run_siblings"), run_id=run_id, limit=SIBLINGS)


def datasets(warehouse: Warehouse) -> dict[str, str]:
    """Return the titles of the datasets by name."""
    return {row["name"]: row["title"] for row in warehouse.rows("select name, title from platform.dataset order by 1")}


def batches(warehouse: Warehouse, limit: int = 50) -> list[str]:
    """Return the newest batches."""
    rows = warehouse.rows("select batch from platform.batch order by created_at desc limit %(limit)s", limit=limit)
    return [row["batch"] for row in rows]


def period(first: date | None, last: date | None, zone: ZoneInfo) -> dict[str, datetime | None]:
    """Return where a period of business days begins and ends in time."""
    return {
        "first_at": datetime.combine(first, time.min, zone) if first else None,
        "end_at": datetime.combine(last + timedelta(days=1), time.min, zone) if last else None,
    }


def as_uuid(told: str) -> UUID | None:
    """Return the id that a text is; None where it is none."""
    try:
        return UUID(told)
    except ValueError:
        return None


def _as_it_stands(text: str) -> str:
    """Return a text for `like` in which nothing is a wildcard."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One stage of a run, as often as it was tried; `ended_at` is None where it did not end."""

    name: str
    started_at: datetime
    ended_at: datetime | None
    counts: dict[str, int]
    tries: int = 1


def stages(told: list[Row]) -> list[Stage]:
    """Return the stages of a run from its events, in the order in which rows go through them; of each the last try."""
    found: dict[str, Stage] = {}
    for event in told:
        name = event["details"].get("stage", "")
        known = found.get(name)
        if event["event"] == "stage_started":
            found[name] = Stage(
                name=name,
                started_at=event["occurred_at"],
                ended_at=None,
                counts={},
                tries=known.tries + 1 if known else 1,
            )
        elif event["event"] == "stage_ended" and known:
            found[name] = replace(known, ended_at=event["occurred_at"], counts=event["counts"])
    rank = {name: number for number, name in enumerate(STAGES)}
    return sorted(found.values(), key=lambda stage: rank.get(stage.name, len(rank)))
