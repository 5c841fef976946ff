"""One act for many held rows: those that are picked, or all of the filter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import panel_material_ui as pmui
from panel.viewable import Viewable

from dashboard import formats
from dashboard.pages.exceptions.outcome import outcome
from dashboard.parts.card import card
from dashboard.parts.field import Field
from dashboard.parts.text import markup
from flows.core.errors import QuaysideError
from flows.services import queries, repairs
from flows.services.accounts import Role
from flows.services.queries import Wanted
from flows.services.repairs import Fix, Result

if TYPE_CHECKING:
    from dashboard.visit import Visit

MAX_ROWS = 20_000
"""Rows of one act: above it the transaction would keep a dataset's files waiting for too long."""
MAX_PREVIEW = 2_000
Fixes = list[Fix]


class Bulk:
    """Corrects, releases, waives and discards many rows at once, after a question.

    Args:
        wanted: Returns the filter of the page.
        picked: Returns the picked rows with their attempts as they were seen.
        drop: Takes the picks back.
    """

    def __init__(
        self,
        visit: Visit,
        wanted: Callable[[], Wanted],
        picked: Callable[[], dict[int, int]],
        drop: Callable[[], None],
    ) -> None:
        self._visit, self._wanted, self._picked, self._drop = visit, wanted, picked, drop
        self._number = self._all = self._requests = 0
        self._rule = ""
        self._told = markup("")
        columns = list(dict.fromkeys(column.name for one in visit.parts.datasets.values() for column in one.columns))
        self._column = pmui.Select(label="Column", options=columns, width=170, margin=0, size="small")
        self._text = Field(label="New text", width=170, margin=0, size="small")
        self._release = self._button("contained", self._ask_release)
        self._again = self._button("outlined", self._ask_again)
        self._update = self._button("outlined", self._ask_update)
        self._waive = self._button("outlined", self._ask_waive)
        self._grant = self._button("outlined", self._ask_grant)
        self._discard = self._button("outlined", self._ask_discard, color="error")
        self._unpick = self._button("text", drop)
        self._unpick.label = "Drop the picks"

    def view(self) -> Viewable:
        """Return the card."""
        told = pmui.Row(self._told, self._unpick, margin=0, sizing_mode="stretch_width", sx={"alignItems": "center"})
        return card(
            "Act on many rows",
            told,
            _row(self._column, self._text, self._release),
            _row(self._again, self._update, self._waive, self._grant, self._discard),
        )

    def show(self, number: int) -> None:
        """Know how many rows the filter has, and offer the column that its rule is about."""
        self._all = number
        rule = self._wanted().rule
        if rule != self._rule:
            self._rule = rule
            self._column.value = self._column_of(rule) or self._column.value
        self.follow()

    def follow(self) -> None:
        """Say which rows an act concerns; called when a person picks some."""
        picked = self._picked()
        self._number = len(picked) or self._all
        scope = replace(self._wanted(), has_request=True, exception_ids=list(picked))
        self._requests = queries.count_exceptions(self._visit.parts.warehouse, scope)
        number = formats.count(self._number)
        may = self._visit.may(Role.STEWARD)
        rows = f"Picked: {self._rows}." if picked else f"All rows of the filter: {self._rows}; pick some below."
        told = rows if may else "Repairing held rows needs the role steward."
        self._told.object = f'<p class="q-says">{told}</p>'
        self._unpick.visible = bool(picked)
        for button, label in (
            (self._release, f"Set and release {number}"),
            (self._again, f"Judge {number} again"),
            (self._update, f"Release {number} as {'an update' if self._number == 1 else 'updates'}"),
            (self._waive, f"Ask for {formats.many(self._number, 'waiver')}"),
            (self._discard, f"Discard {number}"),
        ):
            button.param.update(label=label, disabled=not may or not self._number)
        waiting = formats.many(self._requests, "waiver")
        self._grant.param.update(label=f"Grant {waiting}", visible=bool(self._requests), disabled=not may)

    def _button(self, variant: str, act: Callable[[], None], **options: Any) -> pmui.Button:  # Any: of the button
        button = pmui.Button(label="", variant=variant, margin=0, size="small", **options)
        button.on_click(lambda _: act())
        return button

    def _column_of(self, rule: str) -> str:
        """Return the column that a rule is about: most likely the one to be set."""
        rules = (one for dataset in self._visit.parts.datasets.values() for one in dataset.all_rules)
        return next((one.column for one in rules if one.code == rule), "")

    @property
    def _rows(self) -> str:
        return formats.many(self._number, "row")

    def _ask_release(self) -> None:
        text, column = (self._text.value_input or self._text.value or "").strip(), self._column.value
        if not text:
            self._visit.toast("Write the new text first", "warning")
            return
        self._foreseen(
            f"Set {column} for {self._rows}?",
            f"{column} becomes “{text}” in every one of them.",
            f"Set and release {self._number:,}",
            {column: text},
        )

    def _ask_again(self) -> None:
        self._foreseen(f"Judge {self._rows} again?", "They are judged as they are now.", f"Judge {self._number:,}", {})

    def _ask_update(self) -> None:
        self._foreseen(
            f"Release {self._rows} in place of what stands?",
            "Each takes the place of the row that stands under its key; rows under a new key are just loaded.",
            f"Release {self._number:,}",
            {},
            is_update=True,
        )

    def _foreseen(self, title: str, text: str, yes: str, cells: dict[str, str], *, is_update: bool = False) -> None:
        """Ask, with what would come of it."""
        fixes = self._fixes(cells)
        if fixes is None:
            return
        parts, actor = self._visit.parts, self._visit.actor

        def release(*, is_preview: bool) -> list[Result]:
            return repairs.release(
                parts.warehouse, actor, parts.datasets, fixes, is_update=is_update, is_preview=is_preview
            )

        told = "The rules judge each of them; those that pass are loaded, the others stay open with what is wrong."
        if len(fixes) <= MAX_PREVIEW:
            foreseen = self._visit.attempt(lambda: release(is_preview=True))
            if foreseen is None:
                return
            told = f"Judged now, without writing anything: {outcome(foreseen)}"
        self._visit.confirm(title, f"{text} {told}", lambda _: self._do(lambda: release(is_preview=False)), yes=yes)

    def _ask_waive(self) -> None:
        self._reasoned(
            f"Ask that {self._rows} be loaded as they are?",
            "A second person grants it. Rows that break a rule which may not be waived stay as they are.",
            f"Ask for {self._number:,}",
            repairs.ask_waiver,
        )

    def _ask_discard(self) -> None:
        self._reasoned(
            f"Discard {self._rows}?",
            "They stay stored and count as held, and nobody has to look at them again.",
            f"Discard {self._number:,}",
            repairs.discard,
        )

    def _reasoned(self, title: str, text: str, yes: str, act: Callable[..., list[Result]]) -> None:
        fixes = self._fixes({})
        if fixes is None:
            return
        parts = self._visit.parts
        self._visit.confirm(
            title,
            text,
            lambda reason: self._do(
                lambda: act(parts.warehouse, self._visit.actor, parts.datasets, fixes, reason=reason)
            ),
            needs_reason=True,
            yes=yes,
        )

    def _ask_grant(self) -> None:
        scope = replace(self._wanted(), has_request=True, exception_ids=list(self._picked()))
        fixes = self._fixes({}, scope)
        if fixes is None:
            return
        parts = self._visit.parts
        self._visit.confirm(
            f"Grant {formats.many(len(fixes), 'waiver')}?",
            "The rows are loaded as they are, with the reason that was given. What you asked for yourself is left to "
            "a second person.",
            lambda _: self._do(lambda: repairs.grant_waiver(parts.warehouse, self._visit.actor, parts.datasets, fixes)),
            yes=f"Grant {len(fixes):,}",
        )

    def _fixes(self, cells: dict[str, str], scope: Wanted | None = None) -> Fixes | None:
        """Return a fix per row as it was seen; None where there are none or too many, which is told."""
        picked = self._picked()
        if picked and scope is None:
            return [Fix(exception_id=one, attempt=attempt, cells=cells) for one, attempt in picked.items()]
        wanted = replace(scope or self._wanted(), state="OPEN")
        try:
            rows = queries.exceptions(self._visit.parts.warehouse, wanted, MAX_ROWS + 1)
        except QuaysideError as error:
            self._visit.toast(str(error), "error")
            return None
        if not rows or len(rows) > MAX_ROWS:
            told = f"More than {MAX_ROWS:,} rows at once: narrow the filter" if rows else "No open row fits the filter"
            self._visit.toast(told, "warning")
            return None
        return [Fix(exception_id=row["exception_id"], attempt=row["attempts"], cells=cells) for row in rows]

    def _do(self, act: Callable[[], list[Result]]) -> None:
        if self._visit.attempt(act, outcome) is not None:
            self._drop()


def _row(*content: Viewable) -> Viewable:
    return pmui.Row(
        *content,
        margin=0,
        sizing_mode="stretch_width",
        sx={"flexWrap": "wrap", "gap": 1, "alignItems": "center"},
    )
