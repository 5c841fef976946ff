"""What a page shows as CSV: the same filter, all of its rows."""

from tornado.web import HTTPError

from dashboard.http.streaming import StreamingHandler
from dashboard.tables import Asked, tables


class TableExport(StreamingHandler):
    """Sends a table of a page by the page's own address."""

    async def get(self, page: str, what: str) -> None:
        """Send it.

        Raises:
            HTTPError: There is no such table.
        """
        make = tables().get((page, what))
        if make is None:
            raise HTTPError(404, reason="there is no such table")
        query = {name: self.get_query_argument(name, strip=False) for name in self.request.query_arguments}
        asked = Asked(parts=self.parts, actor=self.actor, query=query)
        await self.stream(f"{page}_{what}.csv", lambda send: make(asked, send))


_PAGES = "|".join(sorted({page for page, _ in tables()}))
ROUTES = ((rf"/export/({_PAGES})/([a-z0-9_]+)\.csv", TableExport),)
