"""Whether this process lives."""

from dashboard.http.base import QuaysideHandler


class Alive(QuaysideHandler):
    """Answers as long as the process does."""

    async def get(self) -> None:
        """Say so."""
        self.finish({"status": "alive", "service": "quayside dashboard"})


ROUTES = ((r"/healthz", Alive),)
