"""The governance summary as a document that prints cleanly."""

from datetime import date

from dashboard.governance import document
from dashboard.http.base import SignedInHandler, in_thread
from flows.services.governance import governance


class Document(SignedInHandler):
    """Sends the summary of the period in the address."""

    async def get(self) -> None:
        """Send it."""
        try:
            first, last = self._day("first"), self._day("last")
        except ValueError:
            self.say(400, "first and last are days such as 2026-01-31")
            return
        zone = self.parts.settings.business_time_zone
        parts = await in_thread(governance, self.parts.warehouse, self.parts.datasets, first, last, zone)
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        self.finish(document(parts, zone, first, last, self.actor.account))

    def _day(self, name: str) -> date | None:
        told = self.get_query_argument(name, "")
        return date.fromisoformat(told) if told else None


ROUTES = ((r"/governance/document", Document),)
