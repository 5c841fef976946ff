"""The controls above the rows: dataset, search, and what is filtered."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import panel_material_ui as pmui

from dashboard.formats import escaped
from dashboard.pages.grid.views import Views
from dashboard.parts.field import Field
from dashboard.parts.filters import filter_bar
from dashboard.parts.text import chip_link, markup
from dashboard.state.grid import FILTERS
from dashboard.store.selection import ANY_OF, ONLY, Selection, subsets_of
from flows.services.accounts import Role

if TYPE_CHECKING:
    from dashboard.visit import Visit


class Bar:
    """Chooses for the state.

    Attributes:
        view: The bar.
    """

    def __init__(self, visit: Visit, state: Any, paste: Callable[[], None]) -> None:
        """Make it.

        Args:
            state: What is chosen; Any: made of what the datasets declare.
            paste: Begins a paste.
        """
        self._visit, self._state = visit, state
        titles = {one.title: name for name, one in visit.parts.datasets.items()}
        self._dataset = pmui.Select(
            label="Dataset", options=titles, value=state.dataset, sizing_mode="stretch_width", margin=0, size="small"
        )
        self._search = Field(
            label="Search the texts of every row", value=state.q, sizing_mode="stretch_width", margin=0, size="small"
        )
        self._filters = markup("", visible=False)
        self._dataset.param.watch(lambda event: self._choose(event.new), "value")
        self._search.param.watch(lambda event: state.param.update(q=(event.new or "").strip()), "value")
        state.param.watch(lambda event: self._dataset.param.update(value=event.new), "dataset")
        state.param.watch(lambda event: self._search.param.update(value=event.new), "q")
        self._views = Views(visit)
        self.view = filter_bar(
            self._dataset,
            self._search,
            self._views.list,
            actions=[self._views.save, self._views.forget, *self._paste_button(paste), self._filters],
            narrowest="14rem",
        )

    def show(self, chosen: Selection) -> None:
        """Tell what is filtered, each with the way to take it off."""
        links = [self._link(chosen, name, value) for name, value in chosen.asked.items() if name not in ("sort", ONLY)]
        links += self._subset_links(chosen, chosen.asked.get(ONLY, ""))
        whole = f'<a href="{escaped(self._visit.link("grid", dataset=chosen.dataset.name))}">Show every row</a>'
        told = f'<p class="q-note">{" ".join(links)} {whole}</p>' if links else ""
        if self._filters.object != told:
            self._filters.param.update(object=told, visible=bool(told))
        self._views.show()

    def _paste_button(self, paste: Callable[[], None]) -> list[pmui.Button]:
        if not self._visit.may(Role.EDITOR):
            return []
        button = pmui.Button(label="Paste", variant="text", size="small", icon="content_paste", margin=0)
        button.on_click(lambda _: paste())
        return [button]

    def _link(self, chosen: Selection, name: str, value: str) -> str:
        rest = {one: told for one, told in chosen.asked.items() if one != name}
        href = self._visit.link("grid", dataset=chosen.dataset.name, **rest)
        words = "search" if name == "q" else name.replace("_", " ")
        return chip_link(f"{words}: {value}", href)

    def _subset_links(self, chosen: Selection, told: str) -> list[str]:
        subsets = subsets_of(chosen.dataset, told) if told else []
        links = []
        for subset in subsets:
            others = ANY_OF.join(one.name for one in subsets if one != subset)
            query = chosen.asked | {ONLY: others}
            links.append(
                chip_link(f"only {subset.title}", self._visit.link("grid", dataset=chosen.dataset.name, **query))
            )
        return links

    def _choose(self, dataset: str) -> None:
        if dataset != self._state.dataset:
            cleared = dict.fromkeys(("q", "sort", "row", *FILTERS), "")
            self._state.param.update(**cleared, dataset=dataset)
