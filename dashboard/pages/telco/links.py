"""Ways from a figure of the telco page to its rows."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from dashboard.store import telco as store
from dashboard.store.remembered import remembered
from dashboard.store.telco import Filter

if TYPE_CHECKING:
    from dashboard.visit import Visit


def rows_link(visit: Visit, chosen: Filter) -> str:
    """Return the address of the rows behind what is chosen; without a day, of those of the latest snapshots."""
    told = {name: value for name, value in asdict(chosen).items() if value and name != "file_date"}
    days = [
        row["file_date"]
        for row in remembered(store.snapshots, visit.parts.warehouse)
        if row["is_latest"]
        and all(getattr(chosen, name) in ("", row[name]) for name in ("operator", "city", "line_of_service"))
    ]
    if chosen.file_date:
        told["file_date"] = str(chosen.file_date)
    elif days:
        told["file_date"] = str(min(days)) if min(days) == max(days) else f"{min(days)}..{max(days)}"
    return visit.link("grid", dataset="telco_packages", **told)
