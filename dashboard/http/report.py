"""The report of a batch for a downstream system, streamed: `/report/<dataset>/<report>.csv?batch=…`."""

from tornado.web import HTTPError

from dashboard.http.streaming import StreamingHandler
from flows.core.errors import MistakeError
from flows.services import reports


class ReportDownload(StreamingHandler):
    """Sends one report of one batch."""

    async def get(self, dataset_name: str, name: str) -> None:
        """Send the report that is asked for.

        Raises:
            HTTPError: There is no such dataset.
        """
        dataset = self.parts.datasets.get(dataset_name)
        if dataset is None:
            raise HTTPError(404, reason="there is no such dataset")
        batch, warehouse, actor = self.get_query_argument("batch", ""), self.parts.warehouse, self.actor
        try:
            report = reports.report_of(dataset, name)
        except MistakeError as error:
            self.say(404, str(error))
            return
        shown = reports.file_name(report, batch if batch.replace("_", "").isalnum() else "")
        await self.stream(shown, lambda send: reports.send_report(warehouse, actor, dataset, report, batch, send))


ROUTES = ((r"/report/([a-z_]+)/([a-z_]+)\.csv", ReportDownload),)
