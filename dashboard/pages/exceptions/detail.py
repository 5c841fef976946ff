"""One held row: its cells as the file has them, what is wrong, and what a person can do."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import panel_material_ui as pmui
from panel.viewable import Viewable

from dashboard import formats
from dashboard.formats import escaped
from dashboard.pages.exceptions.outcome import in_act_words, outcome
from dashboard.pages.exceptions.words import short
from dashboard.parts.card import card
from dashboard.parts.field import Field
from dashboard.parts.here import Here
from dashboard.parts.table import Column, Row, table_markup
from dashboard.parts.text import chip, markup
from dashboard.store import exceptions as store
from flows.services import repairs
from flows.services.accounts import Role
from flows.services.repairs import Fix, Result

if TYPE_CHECKING:
    from dashboard.visit import Visit


class Detail:
    """The card of the row that is open."""

    def __init__(self, visit: Visit, close: Callable[[], None]) -> None:
        self._visit = visit
        self._close = close
        self._shown: tuple[int, int, str] = (0, 0, "")
        self._card: Viewable | None = None
        self._inputs: dict[str, Any] = {}  # Any: text inputs by column

    def show(self, exception_id: int) -> Viewable | None:
        """Return the card of an exception; what a person is writing stays while the row does not change."""
        row = store.one(self._visit.parts.warehouse, exception_id) if exception_id else None
        if row is None:
            self._shown, self._card = (0, 0, ""), None
            return None
        key = (exception_id, row["attempts"], row["state"])
        if key != self._shown:
            self._shown, self._card = key, self._make(row)
        return self._card

    def _make(self, row: store.Row) -> Viewable:
        findings = store.findings(self._visit.parts.warehouse, row["exception_id"])
        close = pmui.Button(label="Close", variant="text", margin=0)
        close.on_click(lambda _: self._close())
        content: list[Any] = [Here(), markup(self._place(row)), markup(_findings(findings))]
        content.append(markup(_raw(row, findings)))
        if row["state"] == "OPEN":
            content += self._acts(row, findings)
        tried = store.tried(self._visit.parts.warehouse, row["exception_id"])
        if tried:
            content.append(markup(_tried(tried, self._visit.parts.settings.business_time_zone)))
        return card(f"Row {row['exception_id']}", *content, actions=(close,))

    def _place(self, row: store.Row) -> str:
        visit = self._visit
        run = escaped(visit.link("runs", run=row["run_id"]))
        failed = f"{formats.many(row['attempts'], 'correction')} failed"
        told = f"{escaped(row['base_name'])}, line {row['line']}; {failed}"
        closed = f"; closed by {escaped(row['closed_by'])}: {escaped(row['reason'])}" if row["closed_by"] else ""
        return f'<p>{told}{closed} · <a href="{run}">its run</a></p>'

    def _acts(self, row: store.Row, findings: list[store.Row]) -> list[Any]:
        if not self._visit.may(Role.STEWARD):
            return [markup('<p class="q-says">Repairing held rows needs the role steward.</p>')]
        told = {**(row["cells"] or {}), **(row["corrected"] or {})}
        dataset = self._visit.parts.datasets[row["dataset"]]
        self._inputs = {
            column.name: Field(
                label=column.name,
                value=told.get(column.name) or "",
                sizing_mode="stretch_width",
                margin=0,
                size="small",
            )
            for column in dataset.columns
        }
        buttons = [
            self._button("Correct and release", "contained", lambda: self._release(row)),
            self._button("Discard", "outlined", lambda: self._ask(row, "Discard", self._discard)),
        ]
        rules = {one["rule"] for one in findings if one["severity"] == "error"}
        if dataset.duplicate_rule is not None and rules == {dataset.duplicate_rule.code}:
            buttons.insert(1, self._button("Release as update", "outlined", lambda: self._release(row, is_update=True)))
        if all(one["may_be_waived"] for one in findings if one["severity"] == "error"):
            buttons.append(self._waiver_button(row))
        sx = {"flexWrap": "wrap", "gap": 1}
        return [*self._inputs.values(), pmui.Row(*buttons, margin=0, sizing_mode="stretch_width", sx=sx)]

    def _waiver_button(self, row: store.Row) -> Viewable:
        number = row["exception_id"]
        asked = store.waivers(self._visit.parts.warehouse, [number]).get(number)
        if asked is None:
            return self._button("Ask to load it as it is", "outlined", lambda: self._ask(row, "Ask", self._ask_waiver))
        label = f"Grant what {asked['asked_by']} asked: {asked['reason']}"
        return self._button(label, "outlined", lambda: self._act(lambda: self._grant(row)))

    def _button(self, label: str, variant: str, act: Callable[[], None]) -> Viewable:
        button = pmui.Button(label=label, variant=variant, margin=0)
        button.on_click(lambda _: act())
        return button

    def _fix(self, row: store.Row) -> Fix:
        before = {**(row["cells"] or {}), **(row["corrected"] or {})}
        written = {name: (one.value_input or one.value or "") for name, one in self._inputs.items()}
        changed = {name: text for name, text in written.items() if text != (before.get(name) or "")}
        return Fix(exception_id=row["exception_id"], attempt=row["attempts"], cells=changed if before else written)

    def _release(self, row: store.Row, *, is_update: bool = False) -> None:
        parts, fix = self._visit.parts, self._fix(row)
        self._act(
            lambda: repairs.release(parts.warehouse, self._visit.actor, parts.datasets, [fix], is_update=is_update)
        )

    def _ask(self, row: store.Row, what: str, act: Callable[[store.Row, str], list[Result]]) -> None:
        self._visit.confirm(
            f"{what}: row {row['exception_id']}",
            "The reason stays in the audit trail.",
            lambda reason: self._act(lambda: act(row, reason)),
            needs_reason=True,
            yes=what,
        )

    def _discard(self, row: store.Row, reason: str) -> list[Result]:
        parts = self._visit.parts
        fix = Fix(exception_id=row["exception_id"], attempt=row["attempts"])
        return repairs.discard(parts.warehouse, self._visit.actor, parts.datasets, [fix], reason=reason)

    def _ask_waiver(self, row: store.Row, reason: str) -> list[Result]:
        parts = self._visit.parts
        fix = Fix(exception_id=row["exception_id"], attempt=row["attempts"])
        return repairs.ask_waiver(parts.warehouse, self._visit.actor, parts.datasets, [fix], reason=reason)

    def _grant(self, row: store.Row) -> list[Result]:
        parts = self._visit.parts
        fix = Fix(exception_id=row["exception_id"], attempt=row["attempts"])
        return repairs.grant_waiver(parts.warehouse, self._visit.actor, parts.datasets, [fix])

    def _act(self, act: Callable[[], list[Result]]) -> None:
        self._shown = (0, 0, "")
        self._visit.attempt(act, outcome)


def _findings(rows: list[store.Row]) -> str:
    columns = (
        Column(title="Rule", show=lambda row: row["sentence"] or row["rule"]),
        Column(title="Found", show=lambda row: short(row["message"])),
        Column(title="", markup=lambda row: chip(row["severity"], "bad" if row["severity"] == "error" else "held")),
    )
    return table_markup(rows, columns, caption="What should hold, and what was found")


def _raw(row: store.Row, findings: list[store.Row]) -> str:
    """Return the cells of a row; under a broken one, marked by more than colour, stands what should hold."""
    if not row["cells"]:
        return f"<pre>{escaped(row['raw_text'])}</pre>"
    corrected = row["corrected"] or {}
    broken: dict[str, list[str]] = {}
    for one in findings:
        broken.setdefault(one["column_name"], []).append(one["sentence"] or one["rule"])

    def cell(one: Row) -> str:
        text = escaped(one["text"]) or f"<em>{formats.NOTHING}</em>"
        if one["name"] not in broken:
            return text
        sentences = "".join(f'<div class="q-note">{escaped(told)}</div>' for told in broken[one["name"]])
        return f'<mark class="q-bad q-broken">{text}</mark>{sentences}'

    cells = [{"name": name, "text": text, "written": corrected.get(name)} for name, text in row["cells"].items()]
    columns = (
        Column(title="Column", show=lambda one: one["name"]),
        Column(title="In the file", markup=cell),
        Column(title="As corrected", show=lambda one: one["written"]),
    )
    return table_markup(cells, columns, caption="The row, broken cells marked")


def _tried(rows: list[store.Row], zone: ZoneInfo) -> str:
    def written(row: Row) -> str:
        return ", ".join(f"{name} = {text}" for name, text in (row["cells"] or {}).items())

    columns = (
        Column(title="When", show=lambda row: formats.moment(row["made_at"], zone)),
        Column(title="Who", show=lambda row: row["made_by"]),
        Column(title="What", show=lambda row: in_act_words(row["outcome"])),
        Column(title="Written", show=written),
        Column(title="Why", show=lambda row: row["reason"]),
    )
    return table_markup(rows, columns, caption="What people did with it")
