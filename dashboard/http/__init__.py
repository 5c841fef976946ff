"""What the server answers beside the pages: every module here may have `ROUTES`."""

import importlib
import pkgutil
from functools import cache
from typing import Any

Route = tuple[str, type[Any]] | tuple[str, type[Any], dict[str, Any]]


@cache
def routes() -> tuple[Route, ...]:
    """Return every route of every module here."""
    modules = (importlib.import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__))
    return tuple(route for module in modules for route in getattr(module, "ROUTES", ()))
