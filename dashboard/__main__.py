"""`python -m dashboard`: serves the dashboard until SIGTERM or SIGINT."""

import sys

from dashboard.server import serve
from flows.adapters import logs
from flows.core.errors import QuaysideError
from flows.resources import resources


def main() -> None:
    """Serve; a mistake in the settings is one line."""
    try:
        parts = resources()
        logs.begin(parts.settings.log_format)
        serve(parts)
    except QuaysideError as error:
        sys.exit(f"quayside dashboard: {error}")


if __name__ == "__main__":
    main()
