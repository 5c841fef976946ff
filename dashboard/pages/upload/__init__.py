"""The page on which people upload files and follow them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from panel.viewable import Viewable

from dashboard.page import Page
from dashboard.pages.upload.component import Uploader, declaration
from dashboard.pages.upload.following import as_sent, is_under_way
from dashboard.pages.upload.names import judge_name
from dashboard.pages.upload.pickup import Pickup
from dashboard.pages.upload.samples import Samples
from dashboard.parts.exported import csv_link, csv_url
from dashboard.parts.layout import side_by_side, stack
from dashboard.parts.text import markup
from dashboard.store import upload as store
from flows.services import uploads
from flows.services.accounts import Role

if TYPE_CHECKING:
    from dashboard.visit import Visit


class UploadPage:
    """The parts of the page; it asks the database once a second while something of the person's is under way."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        datasets = visit.parts.datasets
        self._titles = {dataset.name: dataset.title for dataset in datasets.values()}
        self._uploader = Uploader(
            lambda name: judge_name(name, datasets),
            datasets=[declaration(dataset) for dataset in datasets.values()],
            max_bytes=visit.parts.settings.dashboard_max_upload_bytes,
        )
        self._samples, self._pickup = Samples(visit), Pickup(visit)
        self._csv = markup("", visible=False)
        self._has_changed = False
        self._is_under_way = False
        uploads.end_silent(visit.parts.warehouse)
        self._refresh()
        self._pickup.refresh()

    def view(self) -> Viewable:
        """Return the page."""
        return stack(
            self._uploader, self._csv, side_by_side(self._samples.view(), self._pickup.view(), narrowest="20rem")
        )

    def changed(self) -> None:
        """Remember that something was written; the next tick shows it."""
        self._has_changed = True

    def tick(self) -> None:
        """Show what is new."""
        if self._has_changed or self._is_under_way:
            if self._has_changed:
                self._pickup.refresh()
            self._has_changed = False
            self._refresh()
        self._pickup.tick()

    def _refresh(self) -> None:
        rows = store.landed_lately(self._visit.parts.warehouse, self._visit.actor.account)
        self._is_under_way = any(is_under_way(row) for row in rows)
        if self._is_under_way and any(row["is_silent"] for row in rows):
            uploads.end_silent(self._visit.parts.warehouse)
        told = [as_sent(row, self._titles, self._visit.link) for row in rows]
        if told != self._uploader.progress:
            self._uploader.progress = told
            link = csv_link(csv_url("upload", "files", {}), _number(rows), "files of yours of one day")
            self._csv.param.update(object=f"<p>{link}</p>", visible=bool(rows))


def _number(rows: Sequence[store.Row]) -> int | str:
    return len(rows) if len(rows) < store.MOST_FILES else "all"


def build(visit: Visit) -> Viewable:
    """Return the page of a session."""
    page = UploadPage(visit)
    visit.on_change("upload", page.changed)
    visit.every_second(page.tick)
    return page.view()


PAGE = Page(
    name="upload",
    title="Upload",
    icon="cloud_upload",
    says="Drop files, see what is in them, send them as one batch, and follow each to its last row.",
    build=build,
    needed=Role.EDITOR,
)
