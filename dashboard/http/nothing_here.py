"""What every other address answers."""

from pathlib import Path

from tornado.web import HTTPError

from dashboard.http.base import READING, QuaysideHandler
from dashboard.pages import START

_TEMPLATES = Path(__file__).parent.parent / "assets"


class NotFound(QuaysideHandler):
    """Any other address."""

    async def prepare(self) -> None:
        """Say that there is nothing here.

        Raises:
            HTTPError: Always.
        """
        raise HTTPError(404, reason="there is no such page")

    def get_template_path(self) -> str:
        """Return where the page lies."""
        return str(_TEMPLATES)

    def write_error(self, status_code: int, **_: object) -> None:
        """Show the way home to people, and one sentence to programs."""
        if self.request.method in READING and "text/html" in self.request.headers.get("Accept", ""):
            self.render("not_found.html", home=f"/{START}")
        else:
            super().write_error(status_code)
