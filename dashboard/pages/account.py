"""One's own account: the password."""

from __future__ import annotations

from typing import TYPE_CHECKING

import panel_material_ui as pmui
from panel.viewable import Viewable

from dashboard.formats import escaped
from dashboard.page import Page
from dashboard.parts.card import card
from dashboard.parts.layout import stack
from dashboard.parts.text import markup
from flows.core.errors import MistakeError
from flows.services import accounts

if TYPE_CHECKING:
    from dashboard.visit import Visit


class Account:
    """The form; what was typed is forgotten as soon as it was used."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        labels = ("Present password", "New password", "New password again")
        self._fields = [pmui.PasswordInput(label=one, sizing_mode="stretch_width", margin=0) for one in labels]
        self._change = pmui.Button(label="Change the password", variant="contained", margin=0)
        self._change.on_click(lambda _: self._changed())

    def view(self) -> Viewable:
        """Return the page."""
        visit = self._visit
        who = f"<p>You are <b>{escaped(visit.actor.account)}</b>, and your role is <b>{escaped(visit.role)}</b>.</p>"
        says = "At least 12 characters. Your other sessions end; this one goes on."
        if not accounts.has_password(visit.parts.warehouse, visit.actor):
            who += "<p>An identity provider signs you in: you have no password here. Your role follows your groups.</p>"
            return card("Who you are", markup(who))
        return stack(card("Who you are", markup(who)), card("Your password", *self._fields, self._change, says=says))

    def _changed(self) -> None:
        visit = self._visit
        present, new, again = (field.value_input or field.value or "" for field in self._fields)
        for field in self._fields:
            field.param.update(value="", value_input="")

        def act() -> bool:
            if new != again:
                raise MistakeError("the two new passwords differ")
            accounts.change_own_password(visit.parts.warehouse, visit.actor, present, new)
            return True

        visit.attempt(act, "Your password is changed; your other sessions have ended")


def build(visit: Visit) -> Viewable:
    """Return the page of a session."""
    return Account(visit).view()


PAGE = Page(
    name="account",
    title="Your account",
    icon="person",
    says="Who you are here, and your password.",
    build=build,
    is_in_menu=False,
)
