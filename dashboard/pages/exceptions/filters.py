"""The filters of the inbox; everything that is chosen stands in the address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from panel.viewable import Viewable

from dashboard.address import chosen
from dashboard.pages.exceptions.words import AGES, STAGES, in_words
from dashboard.parts.filters import button, choice, filter_bar, text
from dashboard.parts.text import chip_link, markup
from dashboard.state.exceptions import EVERY, FILTERS, SAYS, ExceptionsState
from flows.core.rules import Category
from flows.core.states import ExceptionState

if TYPE_CHECKING:
    from dashboard.visit import Visit


def filters(visit: Visit, state: ExceptionsState) -> Viewable:
    """Return the bar of filters."""
    known = visit.parts.datasets
    rules = sorted({rule.code for one in known.values() for rule in one.all_rules})

    def drop_foreign() -> None:
        """What only another dataset's rows can say goes with it."""
        declared = known[str(state.dataset)].held_filters if state.dataset in known else None
        names = declared.names if declared else ()
        state.param.update(**{one: "" for one, name in SAYS.items() if name not in names})

    state.param.watch(lambda *_: drop_foreign(), "dataset")

    def clear() -> None:
        state.param.update(**{name: state.param[name].default for name in FILTERS})

    return filter_bar(
        choice(state, "state", "State", {"Every state": EVERY} | _options(ExceptionState)),
        choice(state, "dataset", "Dataset", {"Every dataset": ""} | {known[one].title: one for one in sorted(known)}),
        choice(state, "category", "Category", {"Every category": ""} | _options(Category)),
        choice(state, "rule", "Rule", {"Every rule": ""} | _options(rules)),
        choice(state, "stage", "Held by", {"Every stage": ""} | STAGES),
        choice(state, "days", "Age", AGES),
        choice(state, "waiver", "Waiver", {"With or without request": "", "Asked for": "asked"}),
        text(state, "file", "File", hint="its whole name"),
        text(state, "run", "Run", hint="first characters of its id"),
        text(state, "value", "Text in a cell", hint="or column=text"),
        actions=(button("Show every open row", clear), _says(visit, state)),
        narrowest="10rem",
    )


def _says(visit: Visit, state: ExceptionsState) -> Viewable:
    """Return what held rows are to say, each with the way to take it off."""
    pane = markup("", visible=False)

    def show() -> None:
        declared = visit.parts.datasets[str(state.dataset)].held_filters if state.dataset else None
        query = chosen(state, FILTERS)
        links = []
        for one, name in SAYS.items():
            if declared is not None and query.get(one) and name in declared.names:
                title, value = declared.told(name, query[one])
                rest = {told: text for told, text in query.items() if told != one}
                links.append(chip_link(f"{title}: {value}", visit.link("exceptions", **rest)))
        pane.param.update(object=f'<p class="q-note">{" ".join(links)}</p>' if links else "", visible=bool(links))

    show()
    state.param.watch(lambda *_: show(), list(FILTERS))
    return pane


def _options(values: Any) -> dict[str, str]:  # Any: codes, or an enumeration of them
    return {in_words(str(value)): str(value) for value in values}
