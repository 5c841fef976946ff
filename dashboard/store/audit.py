"""What the page of the audit trail asks: events that match, and how the chain stands."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from dashboard.store.runs import period
from flows.adapters.warehouse import Warehouse
from flows.core.errors import MistakeError
from flows.services import queries, trail
from flows.services.trail import Found, Wanted

PAGE_ROWS = 50
MAX_COUNTED = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which events a person wants to see; days are business days."""

    run: str = ""
    actor: str = ""
    event: str = ""
    first: date | None = None
    last: date | None = None
    text: str = ""


def wanted(warehouse: Warehouse, chosen: Filter, zone: ZoneInfo) -> Wanted | None:
    """Return the filter as the trail takes it; None where no run, or more than one, begins as the person says."""
    days = period(chosen.first, chosen.last, zone)
    try:
        run_id = queries.run_id(warehouse, chosen.run) if chosen.run else None
    except MistakeError:
        return None
    return Wanted(
        run_id=run_id,
        actor=chosen.actor,
        event=chosen.event,
        begin=days["first_at"],
        end=days["end_at"],
        text=chosen.text,
    )


def events(warehouse: Warehouse, chosen: Wanted, before: int | None) -> Found:
    """Return a page of events."""
    return trail.events(warehouse, chosen, before, PAGE_ROWS)


def number_of_events(warehouse: Warehouse, chosen: Wanted) -> int | None:
    """Return how many events match; None where they are too many to be counted while a person waits, or searched."""
    if chosen.text:
        return None
    return trail.count_up_to(warehouse, chosen, MAX_COUNTED)


def run_names(warehouse: Warehouse, found: Found) -> dict[Any, str]:
    """Return the file names of the runs that a page of events names."""
    run_ids = list({event["run_id"] for event in found.events if event["run_id"]})
    rows = warehouse.rows(
        """
        select r.run_id, f.base_name from platform.run as r inner join platform.file as f on f.file_id = r.file_id
        where r.run_id = any(%(run_ids)s)
        """,
        run_ids=run_ids,
    )
    return {row["run_id"]: row["base_name"] for row in rows}


def chain(warehouse: Warehouse) -> dict[str, Any]:
    """Return how far the chain reaches: its last position, and how many of the newest events wait to be chained."""
    return warehouse.rows(
        """
        select coalesce(max(l.position), 0) as position, max(e.occurred_at) as sealed_until,
            (
                select count(*) from platform.audit_event as w
                where w.occurred_at > now() - interval '1 day'
                    and not exists (select 1 from platform.audit_link as k where k.event_id = w.event_id)
            ) as waiting
        from (select position, event_id from platform.audit_link order by position desc limit 1) as l
        left join platform.audit_event as e on e.event_id = l.event_id
        """
    )[0]
