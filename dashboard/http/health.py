"""Whether this process lives, whether it can serve, and what is going on, for those who run it."""

import panel as pn

from dashboard.http.base import QuaysideHandler, in_thread
from flows.services.health import health
from flows.services.metrics import CONTENT_TYPE, metrics


class Alive(QuaysideHandler):
    """Answers as long as the process does."""

    async def get(self) -> None:
        """Say so."""
        self.finish({"status": "alive", "service": "quayside dashboard"})


class Ready(QuaysideHandler):
    """Answers 200 while database and object store do, else 503."""

    async def get(self) -> None:
        """Ask them."""
        found = await in_thread(health, self.parts.warehouse, self.parts.store)
        self.set_status(200 if found.is_ready else 503)
        self.finish(found.told())


class Metrics(QuaysideHandler):
    """Counts for Prometheus; a proxy keeps it inside."""

    async def get(self) -> None:
        """Count."""
        told = {"quayside_dashboard_sessions": ("Browser sessions of this process.", float(_sessions()))}
        text = await in_thread(metrics, self.parts.warehouse, told)
        self.set_header("Content-Type", CONTENT_TYPE)
        self.finish(text)


def _sessions() -> int:
    return sum(len(server.get_sessions()) for server, *_ in pn.state._servers.values())


ROUTES = ((r"/healthz", Alive), (r"/readyz", Ready), (r"/metrics", Metrics))
