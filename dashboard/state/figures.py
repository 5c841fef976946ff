"""Whose figures a person looks at; `/figures?dataset=…`."""

import param

NAMES = ("dataset",)


class FiguresState(param.Parameterized):
    """One dataset; empty for the first one."""

    dataset: str = param.String(default="")  # type: ignore[assignment]  # param's stubs
