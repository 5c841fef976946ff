"""What people may do with one run: have it computed again, decide on it, have its file tried again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import panel_material_ui as pmui
from panel.viewable import Viewable

from dashboard import formats
from dashboard.formats import escaped
from dashboard.jobs import JOBS, Job
from dashboard.parts.drawn import drawing, redraw
from dashboard.parts.layout import stack
from dashboard.parts.table import Column, table_markup
from dashboard.parts.text import chip
from flows.services import comparing, retries, reviews
from flows.services.accounts import Role

if TYPE_CHECKING:
    from dashboard.visit import Visit

MAX_SHOWN = 100
RETRIED = ("FAILED", "REJECTED")


class Acts:
    """The buttons of a run, and what came of a replay."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._run: dict[str, Any] = {}
        self._told = drawing()
        self._replay = self._button("Replay and compare", self._ask_replay, "outlined")
        self._go_on = self._button("Let it go on…", lambda: self._decide("go on"), "contained")
        self._reject = self._button("Reject…", lambda: self._decide("reject"), "outlined", "error")
        self._retry = self._button("Try the file again…", self._try_again, "contained")
        visit.every_second(self.tick)

    def view(self) -> Viewable:
        """Return the buttons and the result."""
        row = pmui.Row(
            self._go_on,
            self._reject,
            self._retry,
            self._replay,
            margin=0,
            sx={"flexWrap": "wrap", "gap": 1, "alignItems": "center"},
        )
        return stack(row, self._told)

    def show(self, run: dict[str, Any]) -> None:
        """Offer what can be done with a run."""
        self._run = run
        waits = run["file_state"] == "AWAITING_REVIEW" and run["is_last_of_file"] and not run["replaced_by_run"]
        self._go_on.visible = self._reject.visible = waits and self._visit.may(Role.STEWARD)
        self._retry.visible = run["file_state"] in RETRIED and run["is_last_of_file"] and self._visit.may(Role.EDITOR)
        can_replay = run["state"] in ("COMPLETED", "REJECTED") and run["sha256"] is not None
        self._replay.visible = can_replay and self._visit.may(Role.EDITOR)
        self.tick()

    def tick(self) -> None:
        """Tell how the replay goes."""
        job = JOBS.about(self._about) if self._run else None
        self._replay.disabled = job is not None and job.is_running
        redraw(self._told, _told(job) if job else "")

    @property
    def _about(self) -> str:
        return f"replay {self._run['run_id']}"

    def _ask_replay(self) -> None:
        visit, parts = self._visit, self._visit.parts
        known = JOBS.about(self._about)
        if known is not None and known.is_running:
            return
        asked = visit.attempt(lambda: comparing.ask(parts.warehouse, visit.actor, self._run["run_id"]))
        if asked is None:
            return

        def act() -> object:
            return comparing.compare(parts.warehouse, parts.store, parts.datasets, asked, parts.settings.scratch_folder)

        JOBS.begin(self._about, act, visit.actor.account)
        self.tick()

    def _decide(self, what: str) -> None:
        visit, run_id = self._visit, UUID(str(self._run["run_id"]))
        name = self._run["base_name"]
        if what == "go on":
            text = f"{name} is read again from the archive: its rows with errors are held, the others loaded."
            act, done = reviews.let_go_on, f"{name} goes on"
        else:
            text, act, done = f"Nothing of {name} is loaded.", reviews.reject, f"{name} is rejected"

        def decided(reason: str) -> None:
            visit.attempt(lambda: act(visit.parts.warehouse, visit.actor, run_id, reason=reason), done)

        visit.confirm(f"{name}: {what}?", text, decided, needs_reason=True, yes=what.capitalize())

    def _try_again(self) -> None:
        visit, file_id, name = self._visit, self._run["file_id"], self._run["base_name"]

        def agreed(reason: str) -> None:
            visit.attempt(
                lambda: retries.retry(visit.parts.warehouse, visit.actor, file_id, reason=reason),
                f"{name} waits for a worker again",
            )

        text = "A new run reads the file once more. That helps where the cause is gone, or the rules are others now."
        visit.confirm(f"Try {name} again?", text, agreed, needs_reason=True, yes="Try again")

    @staticmethod
    def _button(label: str, act: Any, variant: str, color: str = "primary") -> Any:  # Any: a callback; pmui's types
        button = pmui.Button(label=label, variant=variant, color=color, margin=0, visible=False)
        button.on_click(lambda _: act())
        return button


def _told(job: Job) -> str:
    if job.is_running:
        return (
            f'<p class="q-note" role="status">{chip("Replay under way", "accent")} Computed again from the archive '
            f"since {escaped(formats.ago(job.started_at))}, asked for by {escaped(job.by)}; it changes nothing.</p>"
        )
    if job.problem:
        return f'<div class="q-why q-is-bad" role="status">{escaped(job.problem)}</div>'
    result = job.result
    when = f"{formats.ago(job.ended_at)}, asked for by {job.by}"
    if result.is_identical:
        return (
            f'<p class="q-note" role="status">{chip("Identical", "good")} {formats.many(result.rows_read, "row")} '
            f"computed again from the archive, equal to what is stored, corrections included ({escaped(when)}).</p>"
        )
    columns = (
        Column(title="Line", show=lambda row: row["one"].line or "whole run", is_number=True),
        Column(title="What", show=lambda row: row["one"].what),
        Column(title="Stored", show=lambda row: row["one"].stored),
        Column(title="Computed today", show=lambda row: row["one"].computed),
    )
    shown = result.differences[:MAX_SHOWN]
    rest = f"; the first {len(shown)} are listed" if result.different > len(shown) else ""
    return (
        f'<p class="q-note" role="status">{chip(formats.many(result.different, "difference"), "bad")} in '
        f"{formats.many(result.rows_read, 'row')}{rest} ({escaped(when)}). Nothing was changed; "
        "<code>quayside replay --apply</code> writes what is computed.</p>"
        + table_markup([{"one": one} for one in shown], columns, caption="Differences")
    )
