"""One run: where its rows are, its stages, its controls, what can be done with it, and another run beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import panel_material_ui as pmui
from panel.viewable import Viewable

from dashboard import formats
from dashboard.formats import escaped
from dashboard.pages.runs import controls as control_parts
from dashboard.pages.runs import markup
from dashboard.pages.runs import stages as stage_parts
from dashboard.pages.runs.acts import Acts
from dashboard.pages.runs.compare import comparison
from dashboard.pages.runs.picture import picture
from dashboard.pages.runs.review import why_it_waits
from dashboard.pages.runs.states import WORDS
from dashboard.parts.card import card, filling
from dashboard.parts.drawn import drawing, redraw
from dashboard.parts.exported import csv_link, csv_url
from dashboard.parts.layout import side_by_side, stack
from dashboard.state.runs import RunsState
from dashboard.store import runs as store
from flows.services import reviews

if TYPE_CHECKING:
    from dashboard.visit import Visit

PARTS = ("head", "counts", "picture", "review", "timeline", "controls", "held", "trace", "about", "comparison")


class OneRun:
    """The parts of one run."""

    def __init__(self, visit: Visit, state: RunsState) -> None:
        self._visit, self._state = visit, state
        self._panes = {name: drawing() for name in PARTS}
        self._acts = Acts(visit)
        self._other = pmui.Select(
            label="Compare with", options={"no other run": ""}, value="", width=320, margin=0, size="small"
        )
        self._cards = {
            "review": card("Why it waits", self._panes["review"]),
            "trace": card("What went wrong", self._panes["trace"]),
        }
        self._watchers = [state.param.watch(lambda *_: self._compare(), "compare")]
        self._run = store.found(visit.parts.warehouse, state.run)
        self._offer()
        self._other.param.watch(lambda event: state.param.update(compare=event.new or ""), "value")
        self.refresh()

    def view(self) -> Viewable:
        """Return the run; a sentence where there is none."""
        panes, cards = self._panes, self._cards
        if self._run is None:
            return card("No such run", self._panes["head"])
        return stack(
            card("Run", panes["head"], self._acts.view()),
            cards["review"],
            cards["trace"],
            card("Where the rows are", panes["counts"], panes["picture"]),
            card("Stages", panes["timeline"]),
            card("Controls", panes["controls"]),
            side_by_side(
                filling(card("Held, by reason", panes["held"])), filling(card("File and run", panes["about"]))
            ),
            card("Beside another run", self._other, panes["comparison"]),
        )

    def leave(self) -> None:
        """Follow the state no longer."""
        for watcher in self._watchers:
            self._state.param.unwatch(watcher)

    def refresh(self) -> None:
        """Show what the database says now."""
        warehouse, visit = self._visit.parts.warehouse, self._visit
        self._run = run = store.found(warehouse, self._state.run)
        if run is None:
            link = escaped(visit.link("runs"))
            say = f'No run, or more than one, begins with {escaped(self._state.run)}. <a href="{link}">All runs</a>'
            redraw(self._panes["head"], f"<p>{say}</p>")
            return
        run_id = run["run_id"]
        events, controls = store.events(warehouse, run_id), store.controls(warehouse, run_id)
        stages, held = store.stages(events), store.held(warehouse, run_id)
        told = {
            "head": markup.head(run, visit),
            "counts": markup.counts(run),
            "picture": picture(run, stages, visit),
            "timeline": stage_parts.timeline(run, stages) + self._csv("stages", len(stages)),
            "controls": control_parts.controls(controls, run, visit) + self._csv("controls", len(controls)),
            "held": control_parts.held(held, run, visit) + self._csv("held", len(held), "reasons"),
            "trace": markup.trace(events),
            "about": markup.about(run, visit),
            "review": why_it_waits(reviews.why(warehouse, run_id)) if run["state"] == "AWAITING_REVIEW" else "",
        }
        for name, html in told.items():
            redraw(self._panes[name], html)
        for name, shown in self._cards.items():
            shown.visible = bool(told[name])
        self._acts.show(run)
        self._compare()

    def _compare(self) -> None:
        if self._run is None:
            return
        warehouse, run = self._visit.parts.warehouse, self._run
        other = store.found(warehouse, self._state.compare) if self._state.compare else None
        if other is None or other["run_id"] == run["run_id"]:
            redraw(self._panes["comparison"], '<p class="q-note">Choose a run of the same dataset.</p>')
            return
        mine, others = (store.controls(warehouse, one["run_id"]) for one in (run, other))
        rules = store.beside(mine, others)
        links = (
            self._csv("measures", len(store.COMPARED), compare=str(other["run_id"])),
            self._csv("rules", len(rules), "controls", compare=str(other["run_id"])),
        )
        redraw(self._panes["comparison"], comparison(run, other, rules, self._visit, links))

    def _csv(self, what: str, number: int, noun: str = "", **query: str) -> str:
        """Return the link to a part of the run as CSV; nothing where it has no row."""
        if self._run is None or not number:
            return ""
        url = csv_url("runs", what, {"run": self._run["run_id"], **query})
        return f"<p>{csv_link(url, number, noun or what)}</p>"

    def _offer(self) -> None:
        if self._run is None:
            return
        zone = self._visit.parts.settings.business_time_zone
        options = {"no other run": ""}
        for row in store.siblings(self._visit.parts.warehouse, self._run["run_id"]):
            options[_told(row, formats.moment(row["started_at"], zone))] = str(row["run_id"])
        chosen = self._state.compare
        if chosen and chosen not in options.values():
            options[f"run {chosen[:8]}"] = chosen
        self._other.param.update(options=options, value=chosen)


def _told(row: dict[str, Any], started: str) -> str:
    read = formats.many(row["rows_read"], "row") if row["rows_read"] is not None else "no rows counted"
    return f"{row['base_name']}, {started}, {read}, {WORDS[row['state']].lower()}"
