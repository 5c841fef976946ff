"""Figures of any dataset, drawn from the views that it declares: a new dataset has them without code of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import panel_material_ui as pmui
from panel.viewable import Viewable

from dashboard.formats import escaped
from dashboard.page import Page
from dashboard.pages.figures.tiles import Tile, tile_of
from dashboard.parts.filters import offer
from dashboard.parts.layout import place, side_by_side, stack, tiles
from dashboard.parts.text import markup
from dashboard.state.figures import NAMES, FiguresState
from dashboard.store import figures as store
from dashboard.store.figures import Answer
from dashboard.store.remembered import remembered
from flows.core.dataset import Dataset
from flows.core.views import View

if TYPE_CHECKING:
    from dashboard.visit import Visit

OWN_PAGES = {"sales_orders": "sales", "telco_packages": "telco"}
"""Datasets that have a page with filters beside this one."""


class Figures:
    """A dataset to choose, and its tiles."""

    def __init__(self, visit: Visit) -> None:
        self._visit, self._state = visit, FiguresState()
        visit.sync(self._state, *NAMES)
        self._dataset = pmui.Select(label="Dataset", options=[], size="small", margin=0, width=260)
        self._dataset.param.watch(lambda event: self._take(event.new), "value")
        self._links = markup("")
        self._place = place()
        self._tiles: dict[View, Tile] = {}
        self._shown: dict[View, Answer] = {}
        self._change()
        self._state.param.watch(lambda *_: self._change(), list(NAMES))

    def view(self) -> Viewable:
        """Return the page."""
        return stack(self._dataset, self._links, self._place)

    def refresh(self) -> None:
        """Show what the database says now; a tile whose answer is the same stays as it is."""
        chosen = self._chosen()
        for view, shown in self._tiles.items():
            answer = remembered(store.answer, self._visit.parts.warehouse, chosen.name, view)
            if self._shown.get(view) != answer:
                self._shown[view] = answer
                shown.show(answer)

    def _chosen(self) -> Dataset:
        """Return the dataset of the address; by default the first one without a page of its own."""
        there = self._visit.parts.datasets
        if self._state.dataset in there:
            return there[self._state.dataset]
        return min(there.values(), key=lambda one: (one.name in OWN_PAGES, one.title))

    def _take(self, name: str | None) -> None:
        if name and name != self._chosen().name:
            self._state.dataset = name

    def _change(self) -> None:
        """Make the tiles of the dataset that is chosen."""
        chosen = self._chosen()
        offer(self._dataset, {one.title: one.name for one in self._visit.parts.datasets.values()}, chosen.name)
        self._links.object = self._ways(chosen)
        self._tiles = {view: tile_of(self._visit, chosen, view) for view in chosen.views}
        self._shown = {}
        self.refresh()
        self._place[:] = [self._laid_out()]

    def _laid_out(self) -> Viewable:
        """Return the tiles: figures first, charts beside each other, tables below."""
        kinds = {"figure": tiles, "chart": side_by_side, "table": stack}
        found: dict[str, list[Viewable]] = {kind: [] for kind in kinds}
        for view, shown in self._tiles.items():
            found[view.chart if view.chart in kinds else "chart"].append(shown.view)
        return stack(*(kinds[kind](*views) for kind, views in found.items() if views))

    def _ways(self, chosen: Dataset) -> str:
        pages = {"Its rows": ("grid", chosen.name), "What is held": ("exceptions", chosen.name)}
        links = {text: self._visit.link(page, dataset=name) for text, (page, name) in pages.items()}
        if chosen.name in OWN_PAGES:
            links = {f"{chosen.title} with filters": self._visit.link(OWN_PAGES[chosen.name])} | links
        shown = " · ".join(f'<a href="{escaped(href)}">{escaped(text)}</a>' for text, href in links.items())
        return f"<p>{shown}</p>"


def build(visit: Visit) -> Viewable:
    """Return the page of a session."""
    figures = Figures(visit)
    visit.on_change("figures", figures.refresh)
    return figures.view()


PAGE = Page(
    name="figures",
    title="Figures",
    icon="insights",
    says="What every dataset declares to be asked, answered from what is loaded.",
    build=build,
)
