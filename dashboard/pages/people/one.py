"""One account and what an admin does with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import panel_material_ui as pmui
from panel.viewable import Viewable

from dashboard import formats
from dashboard.formats import escaped
from dashboard.pages.people.listing import state_of, way_of
from dashboard.pages.people.making import ROLES
from dashboard.pages.people.told import tell
from dashboard.parts.card import card
from dashboard.parts.drawn import drawing, facts, redraw
from dashboard.parts.layout import stack
from dashboard.parts.table import Row
from flows.services import accounts
from flows.services.accounts import Role

if TYPE_CHECKING:
    from dashboard.visit import Visit

NOTHING = '<div class="q-empty"><strong>No account is open</strong><p>Choose a name in the list above.</p></div>'


class One:
    """Facts and buttons of the account that is open."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._row: Row | None = None
        self._facts = drawing(NOTHING)
        self._role = pmui.Select(label="Its role", options=ROLES, sizing_mode="stretch_width", margin=0)
        self._give = self._button("Give this role", self._give_role, "contained")
        self._close = self._button("Close the account…", self._ask_close, "outlined", "error")
        self._open = self._button("Open it again", self._reopen, "contained")
        self._reset = self._button("New one-time password…", self._ask_reset, "outlined")
        self._end = self._button("End its sessions", self._end_sessions, "outlined")
        row_sx = {"flexWrap": "wrap", "gap": 1, "alignItems": "center"}
        self._acts = stack(
            self._role,
            pmui.Row(self._give, self._reset, self._end, self._close, self._open, margin=0, sx=row_sx),
        )
        self._acts.visible = False

    def view(self) -> Viewable:
        """Return the card."""
        return card("The account", self._facts, self._acts)

    def show(self, row: Row | None) -> None:
        """Show an account, and offer what can be done with it."""
        is_other = row is None or self._row is None or row["account"] != self._row["account"]
        is_changed = is_other or row["role"] != self._row["role"]  # type: ignore[index]  # none is another one
        self._row = row
        redraw(self._facts, self._told(row) if row else NOTHING)
        self._acts.visible = row is not None
        if row is None:
            return
        is_ours, is_self = row["issuer"] is None, row["account"] == self._visit.actor.account
        if is_changed:  # a choice that is under way is not taken away by what happens elsewhere
            self._role.value = Role(row["role"])
        self._role.visible = self._give.visible = is_ours
        self._reset.visible = is_ours and not is_self
        self._close.visible, self._open.visible = row["is_active"] and not is_self, not row["is_active"]
        self._end.visible = row["sessions"] > (1 if is_self else 0)

    def _told(self, row: Row) -> str:
        zone = self._visit.parts.settings.business_time_zone
        trail = escaped(self._visit.link("audit", actor=row["account"]))
        told = {
            "Account": f"<b>{escaped(row['account'])}</b>",
            "Role": escaped(row["role"]),
            "State": state_of(row),
            "Signs in with": escaped(way_of(row)),
            "Made": f"{escaped(formats.moment(row['created_at'], zone))} by {escaped(row['created_by'])}",
            "What it did": f'<a href="{trail}">Audit trail</a>',
        }
        if row["issuer"]:
            told["Its role"] = "follows its groups there, at each sign-in"
        return facts(told)

    @property
    def _name(self) -> str:
        return str(self._row["account"]) if self._row else ""

    def _give_role(self) -> None:
        visit, name, role = self._visit, self._name, Role(self._role.value)
        visit.attempt(
            lambda: accounts.change_role(visit.parts.warehouse, visit.actor, name, role), f"{name} is {role} now"
        )

    def _ask_close(self) -> None:
        name = self._name
        text = f"{name} is signed out everywhere and can't sign in until the account is opened again."
        self._visit.confirm(f"Close {name}?", text, lambda _: self._set_active(name, False), yes="Close it")

    def _reopen(self) -> None:
        self._set_active(self._name, True)

    def _set_active(self, name: str, is_active: bool) -> None:
        visit = self._visit
        visit.attempt(
            lambda: accounts.set_active(visit.parts.warehouse, visit.actor, name, is_active),
            f"{name} is {'open' if is_active else 'closed'}",
        )

    def _ask_reset(self) -> None:
        name = self._name
        text = f"The password of {name} is good no longer, and {name} is signed out everywhere."
        self._visit.confirm(f"A new password for {name}?", text, lambda _: self._new_password(name), yes="Make it")

    def _new_password(self, name: str) -> None:
        visit, password = self._visit, accounts.one_time_password()

        def act() -> str:
            accounts.set_password(visit.parts.warehouse, visit.actor, name, password, is_one_time=True)
            return name

        if visit.attempt(act) is not None:
            tell(visit, name, password)

    def _end_sessions(self) -> None:
        visit, name = self._visit, self._name
        visit.attempt(
            lambda: accounts.end_sessions(visit.parts.warehouse, visit.actor, name),
            lambda ended: f"{name} is signed out: {formats.many(ended, 'session')} ended",
        )

    @staticmethod
    def _button(label: str, act: Any, variant: str, color: str = "primary") -> Any:  # Any: a callback; pmui's types
        button = pmui.Button(label=label, variant=variant, color=color, margin=0)
        button.on_click(lambda _: act())
        return button
