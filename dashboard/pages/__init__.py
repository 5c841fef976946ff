"""The pages: every module or package here with a `PAGE`, in the order of `ORDER`."""

import importlib
import pkgutil
from functools import cache

from dashboard.page import Page

ORDER = (
    "overview",
    "upload",
    "sales",
    "telco",
    "figures",
    "grid",
    "exceptions",
    "quality",
    "runs",
    "audit",
    "governance",
    "people",
)
START = "overview"


@cache
def pages() -> dict[str, Page]:
    """Return every page by its name, in the order of the menu."""
    found = [importlib.import_module(f"{__name__}.{module.name}").PAGE for module in pkgutil.iter_modules(__path__)]
    rank = {name: number for number, name in enumerate(ORDER)}
    return {page.name: page for page in sorted(found, key=lambda page: (rank.get(page.name, len(rank)), page.name))}
