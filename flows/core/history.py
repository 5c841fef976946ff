"""What is usual for a measure by its own history, and how a value stands to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import inf
from statistics import median

MIN_HISTORY = 5
"""Values from which on something can be called usual."""
SPREAD = 4.0
"""How many times the median distance from the median a value may be away from it."""


class Standing(StrEnum):
    """How a value stands to what is usual."""

    TOO_FEW = "too few runs to say"
    USUAL = "usual"
    ABOVE = "far above usual"
    BELOW = "far below usual"


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """What is usual: the median, and the range outside of which a value is far off."""

    median: float
    low: float
    high: float

    def standing(self, value: float) -> Standing:
        """Return how a value stands to it."""
        if value > self.high:
            return Standing.ABOVE
        return Standing.BELOW if value < self.low else Standing.USUAL


def usual(history: Sequence[float], *, least: float, most: float = inf) -> Usual | None:
    """Return what a history calls usual; None where it is too short.

    The range is the median and on both sides four times the median distance from it, so that a few odd values move
    neither.

    Args:
        least: The range reaches at least so far on both sides, also where all values are the same.
        most: What no value exceeds, such as 1 for a share; the range ends there.
    """
    if len(history) < MIN_HISTORY:
        return None
    middle = median(history)
    reach = max(SPREAD * median(abs(value - middle) for value in history), least)
    return Usual(median=middle, low=max(0.0, middle - reach), high=min(most, middle + reach))


def standing(value: float, known: Usual | None) -> Standing:
    """Return how a value stands to its history."""
    return Standing.TOO_FEW if known is None else known.standing(value)
