"""What the page of quality shows: measures, controls, what breaks together, and what is unusual by its own history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from dashboard.store.runs import period
from flows.adapters.warehouse import Warehouse
from flows.core.history import Standing, Usual, standing, usual
from sql import query

Row = dict[str, Any]
PAGE_ROWS = 15
CHARTED = 60
SHOWN_RUNS = 12
"""Runs that are held against the history before them."""
HISTORY = 30
"""Runs that make the history of one."""
VOLUME_LEAST = 0.1
"""A volume may be at least a tenth of the median away from it."""
MISSING_LEAST = 0.02
"""A missing share may be at least two points away from its median."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which runs count; days are business days."""

    dataset: str = ""
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The measures of all chosen runs, of each dataset, and of each day."""

    total: Row
    by_dataset: tuple[Row, ...]
    by_day: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """The rows of one run beside the runs before it."""

    run_id: UUID
    base_name: str
    started_at: datetime
    rows_read: int
    usual: Usual | None
    standing: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """The missing share of a column in one run beside the runs before it; `shares` are the last ones, oldest first."""

    column: str
    run_id: UUID
    base_name: str
    share: float
    usual: Usual | None
    standing: Standing
    source: str
    shares: tuple[float, ...]


def figures(warehouse: Warehouse, chosen: Filter, zone: ZoneInfo) -> Figures:
    """Return the measures of the completed runs of a period."""
    rows = warehouse.rows(query("platform", "quality_figures"), zone=str(zone), **_values(chosen, zone))
    total = next(row for row in rows if row["dataset"] is None and row["started_on"] is None)
    return Figures(
        total=total,
        by_dataset=tuple(row for row in rows if row["dataset"] is not None),
        by_day=tuple(row for row in rows if row["started_on"] is not None),
    )


def files(
    warehouse: Warehouse, chosen: Filter, zone: ZoneInfo, before: UUID | None = None, limit: int | None = PAGE_ROWS + 1
) -> list[Row]:
    """Return the measures of each run, newest first; without a limit, of all of them."""
    return warehouse.rows(query("platform", "quality_runs"), before=before, limit=limit, **_values(chosen, zone))


def controls(warehouse: Warehouse, chosen: Filter, zone: ZoneInfo) -> list[Row]:
    """Return how each control fares, what fails most first."""
    return warehouse.rows(query("platform", "quality_controls"), **_values(chosen, zone))


def broken_together(warehouse: Warehouse, chosen: Filter, zone: ZoneInfo) -> list[Row]:
    """Return pairs of rules that the same held rows broke, most rows first."""
    return warehouse.rows(query("platform", "broken_together"), **_values(chosen, zone))


def history(
    warehouse: Warehouse, dataset: str, chosen: Filter, zone: ZoneInfo
) -> tuple[list[Volume], list[Missing], list[Missing]]:
    """Return the newest runs of a dataset beside their own history.

    Returns:
        Rows of each run; the missing share of each column in the newest run; what is far off in the runs before it.
    """
    runs = warehouse.rows(
        query("platform", "history_of_runs"),
        dataset=dataset,
        end_at=_values(chosen, zone)["end_at"],
        limit=SHOWN_RUNS + HISTORY,
    )
    told = warehouse.rows(query("platform", "history_of_missing"), run_ids=[run["run_id"] for run in runs])
    by_column: dict[str, dict[UUID, Row]] = {}
    for row in told:
        by_column.setdefault(row["column_name"], {})[row["run_id"]] = row
    shown = range(min(SHOWN_RUNS, len(runs)))
    missing = [
        one for name, rows in by_column.items() for number in shown if (one := _missing(name, rows, runs, number))
    ]
    newest = runs[0]["run_id"] if runs else None
    off = [one for one in missing if one.standing in (Standing.ABOVE, Standing.BELOW) and one.run_id != newest]
    return [_volume(runs, number) for number in shown], [one for one in missing if one.run_id == newest], off


def _volume(runs: Sequence[Row], number: int) -> Volume:
    run = runs[number]
    before = [float(one["rows_read"]) for one in runs[number + 1 : number + 1 + HISTORY]]
    middle = sorted(before)[len(before) // 2] if before else 0.0
    known = usual(before, least=VOLUME_LEAST * middle)
    return Volume(
        run_id=run["run_id"],
        base_name=run["base_name"],
        started_at=run["started_at"],
        rows_read=run["rows_read"],
        usual=known,
        standing=standing(float(run["rows_read"]), known),
    )


def _missing(name: str, rows: dict[UUID, Row], runs: Sequence[Row], number: int) -> Missing | None:
    shares = [(run, _share(rows.get(run["run_id"]))) for run in runs[number : number + 1 + HISTORY]]
    run, share = shares[0]
    if share is None:
        return None
    before = [one for _, one in shares[1:] if one is not None]
    known = usual(before, least=MISSING_LEAST, most=1.0)
    return Missing(
        column=name,
        run_id=run["run_id"],
        base_name=run["base_name"],
        share=share,
        usual=known,
        standing=standing(share, known),
        source=rows[run["run_id"]]["source"],
        shares=(*reversed(before), share),
    )


def _share(row: Row | None) -> float | None:
    return row["missing"] / row["tested"] if row and row["tested"] else None


def _values(chosen: Filter, zone: ZoneInfo) -> dict[str, Any]:
    return {"dataset": chosen.dataset, **period(chosen.first, chosen.last, zone)}
