"""The audit trail: who did what and when, filtered, and whether the chain over it is whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import panel_material_ui as pmui
from panel.viewable import Viewable

from dashboard import formats
from dashboard.address import chosen as address_of
from dashboard.formats import escaped
from dashboard.jobs import JOBS, Job
from dashboard.page import Page
from dashboard.parts.card import card
from dashboard.parts.drawn import drawing, facts, redraw, words
from dashboard.parts.event import told
from dashboard.parts.exported import csv_link, csv_url
from dashboard.parts.filters import button, choice, day, everything, filter_bar, text
from dashboard.parts.layout import stack
from dashboard.parts.table import Column, Row, table_markup
from dashboard.parts.text import chip
from dashboard.state.audit import FILTERS, NAMES, AuditState
from dashboard.store import audit as store
from dashboard.store.audit import Filter
from flows.services import trail, verifying
from flows.services.trail import Found, Wanted

if TYPE_CHECKING:
    from dashboard.visit import Visit

VERIFY = "verify the audit trail"


class Audit:
    """The parts of the page."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self.state = AuditState()
        visit.sync(self.state, *NAMES)
        self._came_from: list[str] = []
        self._next: int | None = None
        self._chain, self._table = drawing(), drawing()
        self._verify = button("Verify now", self._begin_verifying)
        self._newer = button("Newer", self._go_newer)
        self._older = button("Older", self._go_older)
        self.state.param.watch(lambda *_: self._filtered(), list(FILTERS))
        self.state.param.watch(lambda *_: self.refresh(), "before")
        visit.every_second(self._tick)
        self.refresh()

    def view(self) -> Viewable:
        """Return the page."""
        paging = pmui.Row(self._newer, self._older, margin=0, sx={"gap": 1, "justifyContent": "flex-end"})
        return stack(
            card("Is the trail whole?", self._chain, self._verify),
            self._filters(),
            card("Events", self._table, paging),
        )

    def refresh(self) -> None:
        """Show what the database says now."""
        warehouse, zone = self._visit.parts.warehouse, self._visit.parts.settings.business_time_zone
        chosen = store.wanted(warehouse, Filter(**{name: getattr(self.state, name) for name in FILTERS}), zone)
        before = int(self.state.before) if self.state.before.isdigit() else None
        found = store.events(warehouse, chosen, before) if chosen else Found(events=(), before=None)
        self._next = found.before
        self._older.disabled, self._newer.disabled = found.before is None, not self.state.before
        self._older.label = "Search on" if found.searched_to else "Older"
        link = self._export(chosen) if chosen and (found.events or self.state.text) else ""
        redraw(self._table, self._markup(found, store.run_names(warehouse, found)) + link)
        self._show_chain()

    def follow(self) -> None:
        """Show what was written meanwhile, unless the person searches or reads an older page."""
        if self.state.text or self.state.before:
            self._show_chain()
        else:
            self.refresh()

    def _tick(self) -> None:
        if self._verify.disabled:
            self._show_chain()

    def _show_chain(self) -> None:
        job = JOBS.about(VERIFY)
        self._verify.disabled = job is not None and job.is_running
        redraw(self._chain, self._chain_markup(job))

    def _chain_markup(self, job: Job | None) -> str:
        if job is not None and job.is_running:
            return (
                f'<p role="status">{chip("Checking", "accent")} Every event, link and published head is computed '
                f"again, asked for by {escaped(job.by)} {escaped(formats.ago(job.started_at))}.</p>"
            )
        warehouse, zone = self._visit.parts.warehouse, self._visit.parts.settings.business_time_zone
        last, stands = verifying.last_verification(warehouse), store.chain(warehouse)
        shown = {
            "Chained events": formats.count(stands["position"]),
            "Newest chained event": escaped(formats.moment(stands["sealed_until"], zone)),
            "Waiting to be chained": formats.count(stands["waiting"]),
        }
        if job is not None and job.problem:
            return f'<div class="q-why q-is-bad">{escaped(job.problem)}</div>{facts(shown)}'
        if last is None:
            return f'<p class="q-note">Nobody has asked for a check from here yet.</p>{facts(shown)}'
        return _verdict(last, formats.moment(last["occurred_at"], zone)) + facts(
            shown | {"Published heads that agree": formats.count(last["counts"]["heads"])}
        )

    def _begin_verifying(self) -> None:
        parts, actor = self._visit.parts, self._visit.actor
        JOBS.begin(VERIFY, lambda: verifying.verify(parts.warehouse, parts.store, actor), actor.account)
        self._show_chain()

    def _filtered(self) -> None:
        self._came_from.clear()
        if self.state.before:
            self.state.before = ""
        else:
            self.refresh()

    def _go_older(self) -> None:
        if self._next is not None:
            self._came_from.append(self.state.before)
            self.state.before = str(self._next)

    def _go_newer(self) -> None:
        self.state.before = self._came_from.pop() if self._came_from else ""

    def _filters(self) -> Viewable:
        state = self.state
        events, people = trail.choices(self._visit.parts.warehouse)
        return filter_bar(
            text(state, "run", "Run", hint="id, or how it begins"),
            choice(state, "actor", "Person", everything(people, "Everyone")),
            choice(state, "event", "Event", {"All": ""} | {words(one): one for one in events}),
            day(state, "first", "From"),
            day(state, "last", "To"),
            text(state, "text", "Text", hint="in counts and details"),
            actions=(button("Show everything", self._clear),),
        )

    def _clear(self) -> None:
        self.state.param.update(dict.fromkeys(FILTERS, "") | {"first": None, "last": None})

    def _markup(self, found: Found, names: dict[Any, str]) -> str:
        zone = self._visit.parts.settings.business_time_zone
        searched = ""
        if found.searched_to:
            when = formats.moment(found.searched_to, zone)
            searched = (
                f'<p class="q-note">{chip("Not searched to the end", "held")} Looked through '
                f"{formats.many(found.searched, 'event')}, back to {escaped(when)}. “Search on” looks further back.</p>"
            )
        if not found.events:
            nothing = (
                "" if searched else '<div class="q-empty"><strong>No such event</strong><p>Choose less above.</p></div>'
            )
            return searched + nothing
        columns = (
            Column(
                title="When",
                markup=lambda row: (
                    f'<span class="q-moment">{escaped(formats.moment(row["occurred_at"], zone))}</span>'
                    f"<small>no. {row['event_id']}</small>"
                ),
            ),
            Column(title="Who", show=lambda row: row["actor"]),
            Column(
                title="What",
                markup=lambda row: f"<b>{escaped(words(row['event']))}</b><small>{self._where(row, names)}</small>",
            ),
            Column(title="Counts and details", markup=told),
        )
        return searched + table_markup(found.events, columns, caption="Newest first")

    def _export(self, chosen: Wanted) -> str:
        """Return the link to all events of the filter."""
        url = csv_url("audit", "events", address_of(self.state, FILTERS))
        number = store.number_of_events(self._visit.parts.warehouse, chosen)
        more = "all" if chosen.text else f"more than {formats.count(store.MAX_COUNTED)}"
        return f"<p>{csv_link(url, more if number is None else number, 'events')}</p>"

    def _where(self, row: Row, names: dict[Any, str]) -> str:
        visit = self._visit
        if row["run_id"]:
            link = escaped(visit.link("runs", run=row["run_id"]))
            return f'<a href="{link}">{escaped(names.get(row["run_id"], str(row["run_id"])[:8]))}</a>'
        if row["file_id"]:
            return f'<a href="{escaped(visit.link("runs", file=row["file_id"]))}">file {row["file_id"]}</a>'
        return ""


def _verdict(last: dict[str, Any], when: str) -> str:
    counts = last["counts"]
    asked = f"checked {escaped(when)}, asked for by {escaped(last['actor'])}"
    if not counts["problems"]:
        return (
            f"<p>{chip('Whole', 'good')} {formats.many(counts['events'], 'event')}, "
            f"{formats.count(counts['chained'])} of them chained then; no event was changed or removed ({asked}).</p>"
        )
    listed = "".join(f"<li>{escaped(one)}</li>" for one in last["details"].get("problems", ()))
    return (
        f'<div class="q-why q-is-bad"><strong>{formats.many(counts["problems"], "problem")}</strong> ({asked})'
        f"<ul>{listed}</ul></div>"
    )


def build(visit: Visit) -> Viewable:
    """Return the page of a session."""
    audit = Audit(visit)
    visit.on_change("audit", audit.follow)
    return audit.view()


PAGE = Page(
    name="audit",
    title="Audit trail",
    icon="policy",
    says="Who did what and when. Nothing here can be changed or removed unseen.",
    build=build,
)
