"""The first page: what came in, what is held and what it is worth, quality against target, the latest runs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from panel.viewable import Viewable

from dashboard import formats, targets
from dashboard.formats import escaped
from dashboard.page import Page
from dashboard.pages.runs.states import state_chip
from dashboard.parts.card import card, filling
from dashboard.parts.drawn import drawing
from dashboard.parts.exported import csv_link, csv_url
from dashboard.parts.layout import side_by_side, stack, tiles
from dashboard.parts.table import Column, table_markup
from dashboard.parts.text import markup
from dashboard.parts.tile import show, tile, tile_markup
from dashboard.store import overview as store
from dashboard.store.remembered import remembered
from flows.services.accounts import Role

if TYPE_CHECKING:
    from dashboard.visit import Visit


class Overview:
    """The parts of the page; `refresh` asks the database again."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._tiles = [tile("", "") for _ in range(4)]
        self._quality, self._held, self._runs = markup(""), markup(""), drawing()
        self.refresh()

    def view(self) -> Viewable:
        """Return the page."""
        return stack(
            tiles(*self._tiles),
            side_by_side(
                filling(card("Quality against target", self._quality)), filling(card("Held, by reason", self._held))
            ),
            card("Latest runs", self._runs),
        )

    def refresh(self) -> None:
        """Show what the database says now."""
        warehouse = self._visit.parts.warehouse
        came = store.came_in(warehouse, self._visit.today())
        waits, worth = store.waits(warehouse), remembered(store.revenue, warehouse)
        for one, html in zip(self._tiles, self._figures(came, waits, worth), strict=True):
            show(one, html)
        self._quality.object = _quality(remembered(store.quality, warehouse), self._visit)
        self._held.object = _held(remembered(store.held, warehouse), self._visit)
        self._runs.object = _runs(store.latest_runs(warehouse), self._visit)

    def _figures(self, came: dict[str, Any], waits: dict[str, Any], worth: dict[str, Any]) -> list[str]:
        link = self._visit.link
        today = self._visit.today()
        monday = today - timedelta(days=today.weekday())
        return [
            tile_markup(
                "Files today",
                formats.count(came["files_today"]),
                note=formats.many(came["rows_today"], "row"),
                href=link("runs", first=today, last=today),
                extra=_note(_of_any_day(came, self._visit)),
            ),
            tile_markup(
                "Files this week",
                formats.count(came["files_week"]),
                note=formats.many(came["rows_week"], "row"),
                href=link("runs", first=monday, last=today),
            ),
            tile_markup(
                "Held rows",
                formats.count(waits["exceptions"]),
                note=f"{formats.rupees(worth['revenue_waiting_inr'])} of revenue waits in them",
                href=link("exceptions"),
                extra=_note(others(waits, self._visit)),
            ),
            tile_markup(
                "Revenue loaded",
                formats.short_rupees(worth["revenue_inr"]),
                note=formats.rupees(worth["revenue_inr"]),
                href=link("sales"),
            ),
        ]


def _note(told: str) -> str:
    return f'<span class="q-note">{told}</span>'


def _led(text: str, href: str) -> str:
    return f'<a href="{escaped(href)}">{escaped(text)}</a>'


def _of_any_day(came: Mapping[str, Any], visit: Visit) -> str:
    under_way = f"{formats.count(came['files_under_way'])} under way" if came["files_under_way"] else "none under way"
    if not came["files_failed"]:
        return f"Of any day: {under_way}"
    failed = _led(f"{formats.count(came['files_failed'])} failed", visit.link("runs", state="FAILED"))
    return f"Of any day: {under_way}, {failed}"


def others(waits: Mapping[str, Any], visit: Visit) -> str:
    """Return what waits for a person besides held rows, each with a link to where a person acts on it."""
    link, unclaimed = visit.link, f"{formats.many(waits['unclaimed'], 'object')} in no dataset"
    told = {
        "reviews": _led(f"{formats.many(waits['reviews'], 'run')} to review", link("runs", state="AWAITING_REVIEW")),
        "waivers": _led(f"{formats.many(waits['waivers'], 'waiver')} to grant", link("exceptions", waiver="asked")),
        "conflicts": _led(f"{formats.many(waits['conflicts'], 'correction')} that did not follow", link("exceptions")),
        "unclaimed": _led(unclaimed, link("upload")) if visit.may(Role.EDITOR) else unclaimed,
    }
    return ", ".join(text for name, text in told.items() if waits[name]) or "Nothing else waits for a person"


def _quality(rows: list[dict[str, Any]], visit: Visit) -> str:
    columns = (
        Column(
            title="Dataset",
            markup=lambda row: (
                f'<a href="{escaped(visit.link("quality", dataset=row["dataset"]))}">{escaped(row["title"])}</a>'
            ),
        ),
        Column(title="First pass", show=lambda row: formats.share(row["first_pass_quality"]), is_number=True),
        Column(title="Final", show=lambda row: formats.share(row["final_quality"]), is_number=True),
        Column(
            title="Checks > 95 %",
            markup=lambda row: targets.check_pass(row["check_pass_rate"]),
            is_number=True,
        ),
        Column(
            title="Exceptions < 5 %",
            markup=lambda row: targets.exceptions(row["exception_rate"]),
            is_number=True,
        ),
    )
    return table_markup(rows, columns) + _csv("quality", len(rows), "datasets")


def _held(rows: list[dict[str, Any]], visit: Visit) -> str:
    if not rows:
        return (
            '<div class="q-empty"><strong>Nothing is held</strong><p>Every row that came in is loaded. '
            f'<a href="{visit.link("upload")}">Upload a file</a> to go on.</p></div>'
        )
    columns = (
        Column(
            title="Reason",
            markup=lambda row: (
                f'<a href="{escaped(visit.link("exceptions", dataset=row["dataset"], category=row["category"]))}">'
                f"{escaped(row['category'].replace('_', ' ').capitalize())}</a>"
            ),
        ),
        Column(title="Dataset", show=lambda row: visit.parts.datasets[row["dataset"]].title),
        Column(title="Rows", show=lambda row: formats.count(row["exceptions"]), is_number=True),
        Column(title="Oldest", show=lambda row: formats.ago(row["oldest_at"]), is_number=True),
    )
    return table_markup(rows, columns) + _csv("held", len(rows), "reasons")


def _runs(rows: list[dict[str, Any]], visit: Visit) -> str:
    if not rows:
        return (
            '<div class="q-empty"><strong>No run yet</strong><p>'
            f'<a href="{visit.link("upload")}">Upload a file</a>, or put one into the bucket.</p></div>'
        )
    columns = (
        Column(
            title="File",
            markup=lambda row: (
                f'<div class="q-file">{_led(row["base_name"], visit.link("runs", run=row["run_id"]))}</div>'
            ),
        ),
        Column(title="State", markup=state_chip),
        Column(title="Read", show=lambda row: formats.count(row["rows_read"]), is_number=True, is_minor=True),
        Column(title="Loaded", show=lambda row: formats.count(row["rows_loaded"]), is_number=True),
        Column(title="Held", show=lambda row: formats.count(row["rows_held"]), is_number=True),
        Column(title="Took", show=lambda row: formats.duration(row["taken"]), is_number=True, is_minor=True),
        Column(title="Started", show=lambda row: formats.ago(row["started_at"]), is_number=True),
    )
    every = _led("All runs", visit.link("runs"))
    return f'{table_markup(rows, columns)}<p class="q-links">{_csv_link("runs", len(rows), "latest runs")}{every}</p>'


def _csv(what: str, number: int, noun: str) -> str:
    return f"<p>{_csv_link(what, number, noun)}</p>"


def _csv_link(what: str, number: int, noun: str) -> str:
    return csv_link(csv_url("overview", what, {}), number, noun)


def build(visit: Visit) -> Viewable:
    """Return the page of a session."""
    overview = Overview(visit)
    visit.on_change("overview", overview.refresh)
    return overview.view()


PAGE = Page(
    name="overview",
    title="Overview",
    icon="space_dashboard",
    says="What came in, what waits for a person, and how good it is.",
    build=build,
)
