"""What the first page shows: what came in, what is held, quality against target, the latest runs."""

from datetime import date
from typing import Any

from flows.adapters.warehouse import Warehouse
from sql import query

Row = dict[str, Any]
LATEST = 8


def came_in(warehouse: Warehouse, today: date) -> Row:
    """Return files and rows of today and of this week (from Monday on)."""
    return warehouse.rows(query("platform", "came_in"), today=today)[0]


def held(warehouse: Warehouse) -> list[Row]:
    """Return what is open by dataset and category, most first."""
    return warehouse.rows(query("platform", "held_now"))


def revenue(warehouse: Warehouse) -> Row:
    """Return revenue loaded and revenue that waits."""
    return warehouse.rows(query("sales_orders", "revenue_now"))[0]


def quality(warehouse: Warehouse) -> list[Row]:
    """Return the measures of each dataset against the targets."""
    return warehouse.rows(query("platform", "quality_now"))


def latest_runs(warehouse: Warehouse) -> list[Row]:
    """Return the newest runs with their counts."""
    return warehouse.rows(query("platform", "latest_runs"), limit=LATEST)


def waits(warehouse: Warehouse) -> Row:
    """Return what waits for a person besides exceptions."""
    return warehouse.rows(query("platform", "waits_for_a_person"))[0]
