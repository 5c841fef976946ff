"""What a person chose on the grid: dataset, filters by column, search, order and row."""

from typing import Any

import param

from dashboard.store.selection import Selection, filter_columns
from flows.datasets import datasets

_FILTERS = dict.fromkeys(name for one in datasets().values() for name in filter_columns(one))


class _Chosen(param.Parameterized):
    dataset: Any = param.Selector(default="sales_orders", objects=list(datasets()))  # Any: param has no types
    q = param.String(default="")
    sort = param.String(default="")
    row = param.String(default="")


GridState: Any = type("GridState", (_Chosen,), {name: param.String(default="") for name in _FILTERS})
"""One text per column that a link may filter by; Any: made of what the datasets declare."""
FILTERS = tuple(_FILTERS)
NAMES = ("dataset", "q", "sort", "row", *FILTERS)


def selected(state: Any) -> Selection:  # Any: as above
    """Return the rows that a state means."""
    dataset = datasets()[state.dataset]
    filters = {name: getattr(state, name) for name in filter_columns(dataset) if getattr(state, name)}
    return Selection(dataset=dataset, filters=filters, search=state.q, sort=state.sort)


def chosen_by(selection: Selection) -> dict[str, str]:
    """Return the values of a state that means these rows."""
    filters = dict.fromkeys(FILTERS, "") | dict(selection.filters)
    return {**filters, "dataset": selection.dataset.name, "q": selection.search, "sort": selection.sort}
