"""What the name of a file says about its dataset."""

import re
from collections.abc import Mapping
from typing import Any

from flows.core.dataset import Dataset

_NO_CONVENTION = "file.csv"


def judge_name(name: str, datasets: Mapping[str, Dataset]) -> dict[str, Any]:
    """Return for each dataset how much a name speaks for it, and what a person should know about the name."""
    return {
        dataset.name: {"hint": _hint(name, dataset), "warnings": list(dataset.file_warnings(name))}
        for dataset in datasets.values()
    }


def _hint(name: str, dataset: Dataset) -> int:
    """Return a number that rises with what the name shares with the dataset; 0 where it says nothing."""
    has_convention = bool(dataset.file_warnings(_NO_CONVENTION))
    keeps_it = has_convention and not dataset.file_warnings(name)
    return 2 * keeps_it + len(_words(name) & _words(f"{dataset.name} {dataset.title} {dataset.example_name}"))


def _words(text: str) -> set[str]:
    return set(re.findall(r"[a-z]{4,}", text.lower()))
