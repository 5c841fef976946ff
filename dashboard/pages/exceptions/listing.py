"""The list of held rows: one page of them, what is wrong with each, and boxes to pick some."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from panel.viewable import Viewable

from dashboard import formats
from dashboard.address import chosen
from dashboard.formats import escaped
from dashboard.pages.exceptions.words import STATE_MEANINGS, in_words, short
from dashboard.parts.card import card
from dashboard.parts.picking import EVERY, Picking, box
from dashboard.parts.table import Column, Row, table_markup
from dashboard.parts.text import chip, markup
from dashboard.state.exceptions import NAMES, ExceptionsState
from dashboard.store import exceptions as store

if TYPE_CHECKING:
    from dashboard.visit import Visit

MAX_PICKED = 2_000


class Listing:
    """One page of rows."""

    def __init__(self, visit: Visit, state: ExceptionsState) -> None:
        self._visit, self._state = visit, state
        self._picking = Picking()
        self._paging = markup("")
        self._seen: dict[int, int] = {}
        self._waivers: Mapping[int, Row] = {}

    def on_pick(self, act: Callable[[], None]) -> None:
        """Call back when a person picked or dropped rows."""
        self._picking.param.watch(lambda _: act(), "picked")

    def on_drawn(self, act: Callable[[], None]) -> None:
        """Call back when the browser has drawn the list."""
        self._picking.param.watch(lambda _: act(), "is_drawn")

    def view(self) -> Viewable:
        """Return the card."""
        return card("Held rows", self._picking, self._paging)

    def picked(self) -> dict[int, int]:
        """Return the picked rows, each with its attempts as the person saw them."""
        told = [one for one in self._picking.picked if isinstance(one, int) and one in self._seen]
        return {one: self._seen[one] for one in told[:MAX_PICKED]}

    def drop(self) -> None:
        """Take the picks back."""
        self._picking.picked = []

    def forget(self) -> None:
        """Take the picks back and forget what was shown: the filter is another one."""
        self._seen.clear()
        self.drop()

    def show(self, rows: Sequence[Row], number: int) -> None:
        """Show a page.

        Args:
            rows: Its rows, and one more where another page follows.
            number: How many the filter has.
        """
        shown = rows[: store.PAGE_ROWS]
        self._seen |= {row["exception_id"]: row["attempts"] for row in shown if row["state"] == "OPEN"}
        warehouse = self._visit.parts.warehouse
        self._waivers = store.waivers(warehouse, [row["exception_id"] for row in shown])
        self._drop_closed()
        html = self._table(shown, number)
        if self._picking.table != html:
            self._picking.table = html
        self._paging.object = self._pages(shown, len(rows) > store.PAGE_ROWS)

    def _drop_closed(self) -> None:
        """Drop picks that somebody closed meanwhile."""
        told = list(self._picking.picked)
        if told:
            open_ones = store.still_open(self._visit.parts.warehouse, [one for one in told if one in self._seen])
            kept = [one for one in told if one in open_ones]
            if kept != told:
                self._picking.picked = kept

    def _table(self, rows: Sequence[Row], number: int) -> str:
        if not rows:
            return (
                '<div class="q-empty"><strong>Nothing here</strong><p>No held row fits what is chosen. '
                f'<a href="{self._visit.link("exceptions")}">Show every open one</a>.</p></div>'
            )
        told = f"{formats.many(number, 'row')}, oldest first; {len(rows)} shown"
        return table_markup(rows, self._columns(), caption=told)

    def _columns(self) -> tuple[Column, ...]:
        return (
            Column(title="", heading=EVERY, markup=self._box),
            Column(title="No", markup=self._number),
            Column(title="What is wrong", markup=self._wrong),
            Column(title="Row", markup=self._place),
            Column(title="Held", show=lambda row: formats.ago(row["opened_at"]), is_number=True),
        )

    def _box(self, row: Row) -> str:
        return box(row["exception_id"], f"Pick row {row['exception_id']}") if row["state"] == "OPEN" else ""

    def _number(self, row: Row) -> str:
        current = ' aria-current="true"' if row["exception_id"] == self._state.exception else ""
        return f'<a href="{self._link(exception=row["exception_id"])}"{current}>{row["exception_id"]}</a>'

    def _wrong(self, row: Row) -> str:
        asked = self._waivers.get(row["exception_id"])
        chips = [] if row["state"] == "OPEN" else [chip(in_words(row["state"]), STATE_MEANINGS[row["state"]])]
        if asked:
            chips.append(chip(f"waiver asked by {asked['asked_by']}", "accent"))
        if row["attempts"]:
            chips.append(chip(f"{row['attempts']} tries", "neutral"))
        message = short("; ".join(row["findings"] or [])) or row["raw_text"] or ""
        return (
            f"<div><strong>{escaped(in_words(row['category']))}</strong> {' '.join(chips)}</div>"
            f'<div class="q-clamp" title="{escaped(message)}">{escaped(message)}</div>'
        )

    def _place(self, row: Row) -> str:
        file = self._link(file=row["base_name"], after="", exception="")
        return f'<a href="{file}">{escaped(row["base_name"])}</a><div class="q-note">line {row["line"]}</div>'

    def _pages(self, rows: Sequence[Row], is_more: bool) -> str:
        first = f'<a href="{self._link(after="")}">First page</a>' if self._state.after else ""
        following = f'<a href="{self._link(after=rows[-1]["exception_id"])}">Next page</a>' if is_more else ""
        return f'<p class="q-pages">{first} {following}</p>' if first or following else ""

    def _link(self, **change: object) -> str:
        query: dict[str, object] = {**chosen(self._state, NAMES), **change}
        return escaped(self._visit.link("exceptions", **query))
