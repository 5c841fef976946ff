"""What the upload page shows: what became of a person's files, and objects that belong to no dataset."""

from typing import Any

from flows.adapters.warehouse import Warehouse
from flows.services.uploads import SILENCE_S
from sql import query

Row = dict[str, Any]
MOST_FILES = 300
MOST_OBJECTS = 50


def landed_lately(warehouse: Warehouse, person: str, limit: int | None = MOST_FILES) -> list[Row]:
    """Return what a person sent within a day, newest batch first; without a limit, all of it."""
    return warehouse.rows(query("platform", "landed_lately"), person=person, limit=limit, silence_s=SILENCE_S)


def unclaimed(warehouse: Warehouse, limit: int | None = MOST_OBJECTS) -> list[Row]:
    """Return the newest objects that are left where they are, each with the reason and the number of all of them."""
    return warehouse.rows(query("platform", "unclaimed_objects"), limit=limit)
