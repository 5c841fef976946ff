"""Exactly the rows of the grid's filter as CSV, in its order."""

import json

from tornado.web import HTTPError

from dashboard.http.streaming import StreamingHandler
from dashboard.store.selection import Selection, filter_columns, ordered
from flows.core.dataset import Dataset
from flows.core.errors import MistakeError
from flows.services import exporting


class RowsExport(StreamingHandler):
    """Sends the rows of a dataset that the address selects."""

    async def get(self, name: str) -> None:
        """Send them.

        Raises:
            HTTPError: There is no such dataset.
        """
        dataset = self.parts.datasets.get(name)
        if dataset is None:
            raise HTTPError(404, reason="there is no such dataset")
        try:
            chosen = self._selection(dataset)
            selection = ordered(chosen)
        except MistakeError as error:
            self.say(400, str(error))
            return
        told = json.dumps(chosen.asked, sort_keys=True, ensure_ascii=False) if chosen.asked else ""
        warehouse, actor = self.parts.warehouse, self.actor
        await self.stream(
            f"{name}.csv",
            lambda send: exporting.send_rows(warehouse, actor, dataset, selection, send, told=told),
        )

    def _selection(self, dataset: Dataset) -> Selection:
        told = {
            name: self.get_query_argument(name, strip=False)
            for name in self.request.query_arguments
            if name != "dataset"
        }
        unknown = sorted(set(told) - {*filter_columns(dataset), "q", "sort"})
        if unknown:  # a filter that is left out silently would send more than is on the screen
            raise MistakeError(f"{dataset.title} has no column {unknown[0]!r} to filter by")
        search, sort = told.pop("q", ""), told.pop("sort", "")
        return Selection(dataset=dataset, filters=told, search=search, sort=sort)


ROUTES = ((r"/export/([a-z_]+)\.csv", RowsExport),)
