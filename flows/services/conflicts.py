"""Corrections that could not follow to a newer version of their file: a person writes them anew, or lets them go."""

from collections.abc import Mapping
from typing import Any

from flows.adapters.warehouse import Warehouse
from flows.core.dataset import Dataset
from flows.core.errors import BrokenRulesError, MistakeError
from flows.services import corrections, repairs
from flows.services.accounts import SignedIn
from flows.services.corrections import Edit
from flows.services.repairs import Act, Fix


def take(
    warehouse: Warehouse, actor: SignedIn, datasets: Mapping[str, Dataset], conflict_id: int, *, reason: str = ""
) -> dict[str, Any]:
    """Write the correction over the newer row after all, which the rules judge; that settles it.

    Returns:
        The conflict as it was.

    Raises:
        RefusedError: The actor is no editor, or no steward where the newer row is held.
        MistakeError: There is no such open conflict, or no row to write it over.
        ConflictError: Someone changed the cell since.
        BrokenRulesError: The row would break a rule; a held one stays open.
    """
    found = next((one for one in corrections.conflicts(warehouse) if one["conflict_id"] == conflict_id), None)
    if found is None:
        raise MistakeError(f"conflict {conflict_id} is settled already")
    if found["line"] is None:
        raise MistakeError("the row is no longer in the file: there is nothing to write the correction over")
    column, text = found["column_name"], found["corrected_to"] or ""
    if found["held_exception_id"] is None:
        row = f"{found['run_id']}:{found['line']}"
        edit = Edit(row=row, column=column, text=text, seen=found["found"])
        corrections.correct(warehouse, actor, datasets[found["dataset"]], [edit], reason=reason)
        return found
    fix = Fix(exception_id=found["held_exception_id"], cells={column: text})
    (result,) = repairs.release(warehouse, actor, datasets, [fix], reason=reason)
    if result.act is Act.STILL_OPEN:
        raise BrokenRulesError(result.messages)
    return found
