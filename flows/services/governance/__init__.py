"""The governance summary of a period: what came in, what became of it, which controls judged it, who did what."""

from collections.abc import Callable, Mapping
from datetime import date
from zoneinfo import ZoneInfo

from flows.adapters.warehouse import Warehouse
from flows.core.dataset import Dataset
from flows.services.governance import controls, figures, people
from flows.services.governance.part import Asked, Kind, Part

__all__ = ["PARTS", "Asked", "Kind", "Part", "governance"]

PARTS: dict[str, Callable[[Warehouse, Asked], Part]] = {
    "files": figures.files,
    "rows": figures.rows,
    "quality": figures.quality,
    "controls": controls.controls,
    "open": controls.open_exceptions,
    "corrections": people.corrections,
    "acts": people.acts,
    "accounts": people.accounts,
    "refused": people.refused,
    "thresholds": people.thresholds,
    "audit_trail": people.audit_trail,
}
"""What makes each part, by name, in the order of the summary."""


def governance(
    warehouse: Warehouse, datasets: Mapping[str, Dataset], first: date | None, last: date | None, zone: ZoneInfo
) -> list[Part]:
    """Return the parts of the summary of a period of business days; where an end is left out, it is open."""
    asked = Asked(datasets=datasets, first=first, last=last, zone=zone)
    return [make(warehouse, asked) for make in PARTS.values()]
