"""What each page hands out as CSV: every module here has `TABLES`, what makes them by page and name."""

import importlib
import pkgutil
from functools import cache

from dashboard.tables.asked import Asked, Make


@cache
def tables() -> dict[tuple[str, str], Make]:
    """Return what sends each table, by page and name."""
    modules = (importlib.import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__))
    return {key: make for module in modules for key, make in getattr(module, "TABLES", {}).items()}


__all__ = ["Asked", "Make", "tables"]
