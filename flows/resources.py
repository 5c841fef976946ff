"""What a flow works with, made once per process from the settings."""

from dataclasses import dataclass
from functools import cache
from importlib.metadata import version

from flows.adapters.object_store import ObjectStore
from flows.adapters.warehouse import Warehouse
from flows.core.dataset import Dataset
from flows.datasets import datasets
from flows.settings import Settings, read_settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Resources:
    """Settings, database, object store and the declared datasets."""

    settings: Settings
    warehouse: Warehouse
    store: ObjectStore
    datasets: dict[str, Dataset]


@cache
def resources() -> Resources:
    """Return the resources of this process."""
    settings = read_settings()
    return Resources(settings=settings, warehouse=Warehouse(settings), store=ObjectStore(settings), datasets=datasets())


def code_version() -> str:
    """Return the version of the installed code."""
    return version("quayside")
