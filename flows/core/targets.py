"""The targets that quality is held against; they stop nothing, people see them met or missed."""

from decimal import Decimal

CHECK_PASS_TARGET = Decimal("0.95")
"""Share of the evaluated checks that should pass, at least this much and more."""
EXCEPTION_TARGET = Decimal("0.05")
"""Share of the rows read below which the held ones should stay."""


def exceeds_exception_target(rows_held: int, rows_read: int) -> bool:
    """Return whether too many rows of a file are held; no rows are not too many."""
    return rows_read > 0 and Decimal(rows_held) >= EXCEPTION_TARGET * rows_read
