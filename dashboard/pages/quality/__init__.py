"""Quality: measures against targets over time and per file, controls, what breaks together, what is unusual."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

import panel_material_ui as pmui
from panel.viewable import Viewable

from dashboard.address import chosen as address_of
from dashboard.charts.shares import By, shares
from dashboard.page import Page
from dashboard.pages.quality import controls as control_parts
from dashboard.pages.quality import measures, usual
from dashboard.parts.card import card
from dashboard.parts.charted import Charted
from dashboard.parts.drawn import drawing, redraw
from dashboard.parts.exported import csv_link, csv_url
from dashboard.parts.filters import button, choice, day, filter_bar
from dashboard.parts.layout import side_by_side, stack, tiles
from dashboard.parts.tile import show, tile
from dashboard.state.quality import FILTERS, NAMES, QualityState
from dashboard.store import quality as store
from dashboard.store import runs
from dashboard.store.quality import CHARTED, PAGE_ROWS, Figures, Filter
from dashboard.store.remembered import remembered
from dashboard.store.runs import as_uuid
from flows.adapters.warehouse import Warehouse
from flows.core.targets import CHECK_PASS_TARGET, EXCEPTION_TARGET

if TYPE_CHECKING:
    from dashboard.visit import Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """What one chart shows: names of columns by what they are called, and what they are held against."""

    measures: dict[str, str]
    target: float | None = None
    is_from_zero: bool = False


CHARTS: dict[str, Chart] = {
    "First-pass and final quality": Chart(
        measures={"First-pass quality": "first_pass_quality", "Final quality": "final_quality"}
    ),
    "Check pass rate": Chart(measures={"Check pass rate": "check_pass_rate"}, target=float(CHECK_PASS_TARGET)),
    "Exception rate": Chart(
        measures={"Exception rate": "exception_rate"}, target=float(EXCEPTION_TARGET), is_from_zero=True
    ),
}
NOTHING = ("Nothing was checked yet", 'It stands here as soon as a file is loaded. <a href="/upload">Upload one</a>.')
SECONDS_BETWEEN = 10
"""What is written meanwhile is followed no more often: the figures here are made of everything that is there."""


class Quality:
    """The parts of the page."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self.state = QualityState()
        visit.sync(self.state, *NAMES)
        self._is_behind, self._waited = False, 0
        self._came_from: list[str] = []
        self._last: UUID | None = None
        self._titles = runs.datasets(self._warehouse)
        self._tiles = [tile("", "") for _ in range(4)]
        self._panes = {
            name: drawing() for name in ("datasets", "files", "controls", "pairs", "volume", "missing", "key")
        }
        self._charts = {title: Charted(title, nothing=NOTHING, level=3, css_classes=[], styles={}) for title in CHARTS}
        self._newer, self._older = button("Newer", self._go_newer), button("Older", self._go_older)
        self.state.param.watch(lambda *_: self._filtered(), list(FILTERS))
        self.state.param.watch(lambda *_: self._draw(), "by")
        self.state.param.watch(lambda *_: self._list_files(), "before")
        visit.every_second(self._tick)
        self.refresh()

    def view(self) -> Viewable:
        """Return the page."""
        panes = self._panes
        paging = pmui.Row(self._newer, self._older, margin=0, sx={"gap": 1, "justifyContent": "flex-end"})
        return stack(
            self._filters(),
            tiles(*self._tiles),
            card("By dataset", panes["datasets"]),
            card(
                "Over time",
                panes["key"],
                side_by_side(*self._charts.values(), narrowest="20rem"),
                actions=(self._points(),),
            ),
            card("By file", panes["files"], paging),
            card(
                "Controls",
                panes["controls"],
                says="Effectiveness: of the findings that a person closed, the share corrected or discarded.",
            ),
            card(
                "Which rules break together?",
                panes["pairs"],
                says="Held rows that broke both rules as the file gave them.",
            ),
            card("Volume against its own history", panes["volume"], says=f"{usual.UNUSUAL} {usual.VOLUME}"),
            card("Missing cells against their own history", panes["missing"], says=f"{usual.UNUSUAL} {usual.MISSING}"),
        )

    def _points(self) -> Viewable:
        widget = pmui.RadioButtonGroup(
            options={"Days": "day", "Files": "file"},
            value=self._by(),
            label="",
            description="What a point stands for",
            margin=0,
            size="small",
        )
        widget.param.watch(lambda event: self.state.param.update(by=event.new), "value")
        self.state.param.watch(lambda _: widget.param.update(value=self._by()), "by")
        return widget

    @property
    def _warehouse(self) -> Warehouse:
        return self._visit.parts.warehouse

    def follow(self) -> None:
        """Remember that something was written."""
        self._is_behind = True

    def _tick(self) -> None:
        self._waited += 1
        if self._is_behind and self._waited >= SECONDS_BETWEEN:
            self.refresh()

    def refresh(self) -> None:
        """Show what the database says now."""
        self._is_behind, self._waited = False, 0
        visit, asked = self._visit, self._asked()
        figures: Figures = remembered(store.figures, *asked)
        self._days = figures.by_day
        for one, html in zip(self._tiles, measures.tiles(figures.total, visit, self.state.dataset), strict=True):
            show(one, html)
        self._files = figures.total["runs"]
        told = measures.datasets(figures.by_dataset, self._titles, visit, self._period())
        redraw(self._panes["datasets"], told + self._csv("datasets", len(figures.by_dataset)))
        self._draw()
        self._list_files()
        controls, pairs = remembered(store.controls, *asked), remembered(store.broken_together, *asked)
        redraw(self._panes["controls"], control_parts.controls(controls, visit) + self._csv("controls", len(controls)))
        redraw(self._panes["pairs"], control_parts.pairs(pairs, visit) + self._csv("pairs", len(pairs)))
        self._show_history()

    def _chosen(self) -> Filter:
        return Filter(**{name: getattr(self.state, name) for name in FILTERS})

    def _asked(self) -> tuple[Any, ...]:
        return self._warehouse, self._chosen(), self._visit.parts.settings.business_time_zone

    def _period(self) -> dict[str, object]:
        return {"first": self.state.first, "last": self.state.last}

    def _by(self) -> By:
        by = self.state.by or ("day" if len(self._days) > 1 else "file")
        return "day" if by == "day" else "file"

    def _draw(self) -> None:
        by = self._by()
        files = list(reversed(remembered(store.files, *self._asked(), None, CHARTED)))
        rows = list(self._days) if by == "day" else files
        for title, one in CHARTS.items():
            picture = shares(rows, one.measures, by=by, label=title, target=one.target, is_from_zero=one.is_from_zero)
            self._charts[title].tell(picture, rows)
        key = measures.key(by, len(rows), is_cut=by == "file" and len(files) == CHARTED)
        redraw(self._panes["key"], key + self._csv("days", len(self._days)))

    def _list_files(self) -> None:
        before = as_uuid(self.state.before)
        rows = remembered(store.files, *self._asked(), before)
        shown = rows[:PAGE_ROWS]
        self._last = shown[-1]["run_id"] if len(rows) > PAGE_ROWS else None
        self._older.disabled, self._newer.disabled = self._last is None, not self.state.before
        redraw(self._panes["files"], measures.files(shown, self._visit) + self._csv("files", self._files))

    def _show_history(self) -> None:
        names = [self.state.dataset] if self.state.dataset in self._titles else list(self._titles)
        volumes, missing, runs_told, columns_told = "", "", 0, 0
        warehouse, chosen, zone = self._asked()
        for name in names:
            rows, newest, off = remembered(store.history, warehouse, name, chosen, zone)
            volumes += usual.volume(self._titles[name], rows, self._visit)
            missing += usual.missing(self._titles[name], newest, off, self._visit)
            runs_told, columns_told = runs_told + len(rows), columns_told + len(newest) + len(off)
        redraw(self._panes["volume"], volumes + self._csv("volume", runs_told, "files"))
        redraw(self._panes["missing"], missing + self._csv("missing", columns_told, "columns"))

    def _csv(self, what: str, number: int, noun: str = "") -> str:
        """Return the link to a table of the page as CSV; nothing where it has no row."""
        url = csv_url("quality", what, address_of(self.state, FILTERS))
        return f"<p>{csv_link(url, number, noun or what)}</p>" if number else ""

    def _filters(self) -> Viewable:
        titles = {title: name for name, title in self._titles.items()}
        return filter_bar(
            choice(self.state, "dataset", "Dataset", {"All": ""} | titles),
            day(self.state, "first", "From"),
            day(self.state, "last", "To"),
            actions=(button("Show everything", self._clear),),
        )

    def _clear(self) -> None:
        self.state.param.update(dataset="", first=None, last=None)

    def _filtered(self) -> None:
        self._came_from.clear()
        self.state.before = ""
        self.refresh()

    def _go_older(self) -> None:
        if self._last is not None:
            self._came_from.append(self.state.before)
            self.state.before = str(self._last)

    def _go_newer(self) -> None:
        self.state.before = self._came_from.pop() if self._came_from else ""


def build(visit: Visit) -> Viewable:
    """Return the page of a session."""
    quality = Quality(visit)
    visit.on_change("quality", quality.follow)
    return quality.view()


PAGE = Page(
    name="quality",
    title="Quality",
    icon="verified",
    says="How good is what comes in, which controls say so, and what is unusual by its own history.",
    build=build,
)
