"""The declared datasets: every folder here with a `DATASET`."""

import importlib
import pkgutil
from functools import cache

from flows.core.dataset import Dataset
from flows.core.errors import MistakeError


@cache
def datasets() -> dict[str, Dataset]:
    """Return every declared dataset by name."""
    found = (importlib.import_module(f"{__name__}.{module.name}").DATASET for module in pkgutil.iter_modules(__path__))
    return {dataset.name: dataset for dataset in found}


def dataset(name: str) -> Dataset:
    """Return the dataset of that name.

    Raises:
        MistakeError: There is none.
    """
    if name not in datasets():
        raise MistakeError(f"there is no dataset {name!r}; there are {', '.join(sorted(datasets()))}")
    return datasets()[name]
