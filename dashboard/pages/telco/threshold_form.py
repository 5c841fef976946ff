"""The dialog in which a steward changes thresholds, or takes some back: first what moves, then the change."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

import panel_material_ui as pmui

from dashboard import formats
from dashboard.formats import escaped
from dashboard.parts.dialog import dialog
from dashboard.parts.field import Field
from dashboard.parts.filters import day_picker
from dashboard.parts.text import markup
from dashboard.store import telco as store
from dashboard.store.remembered import remembered
from flows.core.errors import MistakeError
from flows.services import thresholds as service
from flows.services.thresholds import BEGINNING, Moved

if TYPE_CHECKING:
    from dashboard.visit import Visit

ALL, NEW = "All operators", 0
UNSEEN = '<p class="q-says">Nothing is written before you saw what moves.</p>'
STYLE: dict[str, Any] = {"sizing_mode": "stretch_width", "margin": 0, "size": "small"}


class ThresholdForm:
    """Enter thresholds, or take those away that are chosen; nothing is written before it was seen what moves."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        rows = service.thresholds(visit.parts.warehouse)
        told = remembered(store.snapshots, visit.parts.warehouse)
        operators = sorted({row["operator"] for row in told})
        there = {"Enter new ones": NEW} | {_told(row): row["threshold_id"] for row in rows if _is_removable(row)}
        self._which = pmui.Select(label="What to do", options=there, value=NEW, **STYLE)
        self._operator = pmui.Select(label="Operator", options=[ALL, *operators], value=ALL, **STYLE)
        self._day = day_picker("From file date (or always)")
        *_, newest = (row for row in rows if row["operator"] == "all")
        self._medium = Field(label="Medium from, Rp", value=_digits(newest["medium_from_idr"]), **STYLE)
        self._high = Field(label="High from, Rp", value=_digits(newest["high_from_idr"]), **STYLE)
        self._reason = Field(label="Why (kept in the audit trail)", **STYLE)
        self._says = markup(UNSEEN)
        self._seen: tuple[object, ...] | None = None
        self._look = pmui.Button(label="See what moves", variant="outlined", margin=0)
        self._write = pmui.Button(label="Write it", variant="contained", disabled=True, margin=0)
        self._look.on_click(lambda _: self._preview())
        self._write.on_click(lambda _: self._agree())
        self._fields = (self._operator, self._day, self._medium, self._high)
        self._which.param.watch(lambda _: self._show_fields(), "value")
        for field in (self._which, *self._fields):
            field.param.watch(lambda _: self._forget(), "value")

    def open(self) -> None:
        """Show the dialog."""
        buttons = pmui.Row(self._look, self._write, margin=0, sx={"gap": 1, "justifyContent": "flex-end"})
        form = (self._which, *self._fields, self._reason, self._says, buttons)
        column = pmui.Column(*form, sizing_mode="stretch_width", margin=0, sx={"gap": 2, "py": 1})
        self._dialog = dialog(self._visit, "Price thresholds of the tiers", column)

    def _show_fields(self) -> None:
        for field in self._fields:
            field.visible = self._which.value == NEW

    def _forget(self) -> None:
        """A preview tells of one change only."""
        self._write.disabled, self._says.object = True, UNSEEN

    def _preview(self) -> None:
        moved = self._visit.attempt(lambda: self._change(is_preview=True))
        if moved is not None:
            self._says.object, self._seen = _what_moves(moved), self._asked()
            self._write.disabled = False

    def _asked(self) -> tuple[object, ...]:
        texts = (_text(self._medium), _text(self._high))
        return self._which.value, self._operator.value, self._day.value, *texts

    def _agree(self) -> None:
        if self._asked() != self._seen:  # typed since, in a field that has not been left
            self._forget()
            return
        done = self._visit.attempt(
            lambda: self._change(is_preview=False),
            lambda moved: f"{formats.many(moved.packages, 'package')} changed tier",
        )
        if done is not None:
            self._dialog.open = False

    def _change(self, *, is_preview: bool) -> Moved:
        parts, actor = self._visit.parts, self._visit.actor
        dataset, reason = parts.datasets["telco_packages"], _text(self._reason)
        if self._which.value != NEW:
            return service.remove_threshold(
                parts.warehouse, actor, dataset, int(self._which.value), reason=reason, is_preview=is_preview
            )
        return service.set_threshold(
            parts.warehouse,
            actor,
            dataset,
            medium_from_idr=_amount(_text(self._medium)),
            high_from_idr=_amount(_text(self._high)),
            operator=None if self._operator.value == ALL else str(self._operator.value),
            starts_on=self._day.value or BEGINNING,
            reason=reason,
            is_preview=is_preview,
        )


def _what_moves(moved: Moved) -> str:
    if not moved.packages:
        return "<p>No package changes its tier.</p>"
    by_operator: dict[str, list[str]] = {}
    for (operator, tier), count in moved.tiers.items():
        by_operator.setdefault(operator, []).append(f"{tier} {count:+,}".replace("-", "−"))
    lines = "".join(f"<li>{escaped(name)}: {escaped(', '.join(told))}</li>" for name, told in by_operator.items())
    told = f"{formats.many(moved.packages, 'package')} to another tier."
    return f"<p><strong>{told}</strong></p><ul>{lines}</ul>"


def _is_removable(row: dict[str, Any]) -> bool:
    return (row["operator"], row["starts_on"]) != ("all", "the beginning")


def _told(row: dict[str, Any]) -> str:
    return f"Take back: {row['operator']} from {row['starts_on']} on"


def _text(field: Field) -> str:
    return str(field.value_input or field.value or "").strip()


def _digits(amount: Decimal) -> str:
    """Return an amount as it is typed; `_amount` reads it."""
    return f"{amount.normalize():f}".replace(".", ",")


def _amount(told: str) -> Decimal:
    digits = told.removeprefix("Rp").strip().replace(".", "").replace(",", ".")
    try:
        return Decimal(digits)
    except InvalidOperation:
        raise MistakeError(f"{told!r} is no amount; write it as 75.000") from None
