"""Answers that many sessions ask for are computed once, until something is written to the database."""

from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import Any, TypeVar

from dashboard.changes import Changes
from flows.adapters.warehouse import Warehouse

T = TypeVar("T")
ANSWERS = 512


def remembered(answer: Callable[..., T], warehouse: Warehouse, *asked: Hashable) -> T:
    """Return `answer(warehouse, *asked)`, whoever asked before; what it returns must not be changed."""
    found: T = _answer(answer, warehouse, asked, Changes.of(warehouse).revision())
    return found


@lru_cache(maxsize=ANSWERS)
def _answer(answer: Callable[..., Any], warehouse: Warehouse, asked: tuple[Hashable, ...], _revision: int) -> Any:
    return answer(warehouse, *asked)
