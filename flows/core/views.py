"""A dashboard tile as data: the question it answers and the relation in the database that answers it."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One tile.

    Attributes:
        question: What a person wants to know, as they would ask it.
        relation: View in the dataset's schema, one row per mark.
        x: Column on the axis; empty where the chart is one figure.
        y: Column that is measured.
        unit: Unit of `y`.
    """

    question: str
    relation: str
    chart: Literal["figure", "bar", "line", "table"]
    x: str
    y: str
    unit: str
