"""Ways from a figure of the telco page to its rows."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from dashboard.store.selection import ANY_OF, ONLY
from dashboard.store.telco import Filter

if TYPE_CHECKING:
    from dashboard.visit import Visit

LATEST, PRICED, NOT_PRICED = "latest", "priced_per_gb", "not_priced_per_gb"
"""Subsets that the dataset declares."""


def rows_link(visit: Visit, chosen: Filter, only: str = "") -> str:
    """Return the address of exactly the rows behind what is chosen.

    Args:
        only: One more subset in which they are.
    """
    return visit.link("grid", **rows_query(chosen, only))


def rows_query(chosen: Filter, only: str = "") -> dict[str, str]:
    """Return what the grid shows, as it stands in its address; without a day, of the latest snapshots."""
    told = {name: str(value) for name, value in asdict(chosen).items() if value}
    subsets = [one for one in ("" if chosen.file_date else LATEST, only) if one]
    return {"dataset": "telco_packages", **told, ONLY: ANY_OF.join(subsets)}
