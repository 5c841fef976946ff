"""What came in during a period, what became of it, and how good it was."""

from typing import Any

from flows.adapters.warehouse import Warehouse
from flows.core.targets import CHECK_PASS_TARGET, EXCEPTION_TARGET
from flows.services.governance.part import Asked, Part
from sql import query


def files(warehouse: Warehouse, asked: Asked) -> Part:
    """Return the files that landed, by the state they are in."""
    return Part(
        name="files",
        title="Files",
        says="Files that landed in the period, by the state they are in now.",
        nothing="No file landed in the period.",
        columns=(
            ("dataset", "Dataset", "text"),
            ("landed", "Landed", "count"),
            ("bytes", "Size", "bytes"),
            ("completed", "Completed", "count"),
            ("duplicates", "Duplicates", "count"),
            ("rejected", "Rejected", "count"),
            ("failed", "Failed", "count"),
            ("waiting", "Wait for review", "count"),
            ("replaced", "Replaced since", "count"),
        ),
        rows=warehouse.rows(query("platform", "governance_files"), **asked.values),
    )


def rows(warehouse: Warehouse, asked: Asked) -> Part:
    """Return where the rows of completed runs are, and whether they add up."""
    rows = warehouse.rows(query("platform", "governance_rows"), **asked.values)
    for row in rows:
        held = row["open"] + row["discarded"] + row["superseded"]
        row["adds_up"] = "yes" if row["rows_read"] == row["loaded"] + held else "NO"
    return Part(
        name="rows",
        title="Rows",
        says="Rows of the runs that were completed in the period, where they are now: "
        "read = loaded + open + discarded + superseded.",
        nothing="No run was completed in the period.",
        columns=(
            ("dataset", "Dataset", "text"),
            ("rows_read", "Read", "count"),
            ("first_pass", "Loaded at first pass", "count"),
            ("released", "Released", "count"),
            ("waived", "Waived", "count"),
            ("loaded", "Loaded now", "count"),
            ("open", "Held, open", "count"),
            ("discarded", "Discarded", "count"),
            ("superseded", "Superseded", "count"),
            ("adds_up", "Adds up", "text"),
        ),
        rows=rows,
    )


def quality(warehouse: Warehouse, asked: Asked) -> Part:
    """Return the measures of quality beside their targets."""
    rows = [
        row
        for row in warehouse.rows(
            query("platform", "quality_figures"), dataset="", zone=str(asked.zone), **asked.values
        )
        if row["dataset"] is not None
    ]
    for row in rows:
        row["checks"] = _verdict(row["check_pass_rate"], lambda share: share > CHECK_PASS_TARGET)
        row["exceptions"] = _verdict(row["exception_rate"], lambda share: share < EXCEPTION_TARGET)
    return Part(
        name="quality",
        title="Quality against the targets",
        says=f"Check pass rate above {CHECK_PASS_TARGET:.0%}, exception rate under {EXCEPTION_TARGET:.0%}; "
        "the targets stop nothing.",
        nothing="No run was completed in the period.",
        columns=(
            ("dataset", "Dataset", "text"),
            ("first_pass_quality", "First-pass quality", "share"),
            ("final_quality", "Final quality", "share"),
            ("check_pass_rate", "Check pass rate", "share"),
            ("checks", "Target", "text"),
            ("exception_rate", "Exception rate", "share"),
            ("exceptions", "Target", "text"),
            ("warnings", "Warnings", "count"),
        ),
        rows=rows,
    )


def _verdict(share: Any, is_met: Any) -> str:  # Any: a decimal or nothing, and a question about it
    return "" if share is None else "met" if is_met(share) else "missed"
