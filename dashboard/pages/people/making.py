"""The form that makes an account."""

from __future__ import annotations

from typing import TYPE_CHECKING

import panel_material_ui as pmui
from panel.viewable import Viewable

from dashboard.pages.people.told import tell
from dashboard.parts.card import card
from dashboard.parts.field import Field
from dashboard.state.people import PeopleState
from flows.services import accounts
from flows.services.accounts import Role

if TYPE_CHECKING:
    from dashboard.visit import Visit

ROLES = {
    "viewer: sees everything": Role.VIEWER,
    "editor: uploads and corrects": Role.EDITOR,
    "steward: decides and discards": Role.STEWARD,
    "admin: makes accounts": Role.ADMIN,
}


class Making:
    """Name and role; the password is made here and told once."""

    def __init__(self, visit: Visit, state: PeopleState) -> None:
        self._visit, self._state = visit, state
        self._name = Field(label="Name of the account", sizing_mode="stretch_width", margin=0)
        self._role = pmui.Select(label="Role", options=ROLES, value=Role.VIEWER, sizing_mode="stretch_width", margin=0)
        self._make = pmui.Button(label="Make the account", icon="person_add", variant="contained", margin=0)
        self._make.on_click(lambda _: self._made())

    def view(self) -> Viewable:
        """Return the card."""
        says = "The person gets a password that is good once, and chooses their own with it."
        return card("A new account", self._name, self._role, self._make, says=says)

    def _made(self) -> None:
        visit, password = self._visit, accounts.one_time_password()
        name, role = (self._name.value_input or self._name.value or "").strip().lower(), Role(self._role.value)

        def act() -> str:
            accounts.create(visit.parts.warehouse, visit.actor, name, role, password, is_one_time=True)
            return name

        if visit.attempt(act, f"{name} may sign in as {role}") is None:
            return
        self._name.param.update(value="", value_input="")
        self._state.account = name
        tell(visit, name, password)
