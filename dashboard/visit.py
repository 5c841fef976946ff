"""What a page gets of the session it is shown in: the person, the parts, the address, toasts and changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Literal, TypeVar
from urllib.parse import urlencode

import panel_material_ui as pmui
import param

from dashboard.address import Address, choose, chosen
from dashboard.auth import SIGN_IN, Visitor
from dashboard.browser import Browser
from dashboard.changes import Changes
from flows.adapters.ledger import business_day
from flows.core.errors import QuaysideError, RefusedError
from flows.resources import Resources
from flows.services import accounts
from flows.services.accounts import Role, SignedIn

T = TypeVar("T")
Kind = Literal["success", "info", "warning", "error"]
_RANK = {role: rank for rank, role in enumerate(Role)}


@dataclass(slots=True)
class _Open:
    """The page that is open: what of it stands in the address, and what follows changes."""

    name: str
    bound: list[tuple[param.Parameterized, tuple[str, ...]]] = field(default_factory=list)
    followers: list[Callable[[], None]] = field(default_factory=list)
    tickers: list[Callable[[], None]] = field(default_factory=list)
    revision: int = 0


class Visit:
    """One browser session.

    Attributes:
        parts: Settings, database, object store, datasets.
        actor: Who is signed in; every service wants it.
        role: Their role when it was last looked at.
        dialogs: Where dialogs of pages are put.
    """

    def __init__(self, parts: Resources, visitor: Visitor, browser: Browser) -> None:
        self.parts = parts
        self.actor: SignedIn = visitor.actor
        self.role: Role = visitor.role
        self.browser = browser
        self.dialogs = pmui.Column(margin=0, sizing_mode="stretch_width")
        self.address = Address("")
        self._changes = Changes.of(parts.warehouse)
        self._open = _Open("")

    def may(self, needed: Role) -> bool:
        """Return whether the person has a role, as far as is known; the services check it anew."""
        return _RANK[self.role] >= _RANK[needed]

    def today(self) -> date:
        """Return the business day."""
        return business_day(datetime.now(UTC), self.parts.settings.business_time_zone)

    def attempt(self, act: Callable[[], T], done: str | Callable[[T], str] = "") -> T | None:
        """Do something through a service and tell how it went; None where it was refused."""
        try:
            result = act()
        except QuaysideError as error:
            if not isinstance(error, RefusedError) or self.is_still_signed_in():
                self.toast(str(error), "error")
            return None
        told = done(result) if callable(done) else done
        if told:
            self.toast(told, "success")
        self.look_for_changes()
        return result

    def toast(self, text: str, kind: Kind = "info") -> None:
        """Show a sentence for some seconds."""
        self.browser.toast(text, kind)

    def link(self, page: str, **query: object) -> str:
        """Return the address of a page, for an `href`."""
        return Address(page, {name: str(value) for name, value in query.items() if value not in (None, "")}).url

    def go(self, page: str, **query: object) -> None:
        """Open a page."""
        self.browser.url = self.link(page, **query)

    def sync(self, state: param.Parameterized, *names: str) -> None:
        """Bind what a person chooses on the open page to the address; what differs from the defaults stands in it."""
        choose(state, names, self.address.query)
        self._open.bound.append((state, names))
        state.param.watch(lambda *_: self._show_address(), list(names))

    def on_change(self, page: str, callback: Callable[[], None]) -> None:
        """Call back whenever something was written to the database while the page is open."""
        if page == self._open.name:
            self._open.followers.append(callback)

    def every_second(self, callback: Callable[[], None]) -> None:
        """Call back about once a second while the page that is being built is open."""
        self._open.tickers.append(callback)

    def confirm(
        self, title: str, text: str, on_yes: Callable[[str], None], *, needs_reason: bool = False, yes: str = "Yes"
    ) -> None:
        """Ask before something is done; `on_yes` gets the reason, empty where none is needed."""
        from dashboard.parts.dialog import ask

        ask(self, title, text, on_yes, needs_reason=needs_reason, yes=yes)

    def opened(self, address: Address) -> None:
        """Forget the page before and begin with another one; the shell calls it before it builds the page."""
        self.address = address
        self._open = _Open(address.page, revision=self._changes.revision())
        self.dialogs.clear()

    def moved(self, address: Address) -> None:
        """Follow the address within the open page."""
        self.address = address
        for state, names in self._open.bound:
            choose(state, names, address.query)

    def look_for_changes(self) -> None:
        """Let the open page follow what was written since it last looked."""
        now = self._changes.revision()
        if now != self._open.revision:
            self._open.revision = now
            _call(self._open.followers)

    def has_something_due(self) -> bool:
        """Return whether `tick` would do something."""
        return bool(self._open.tickers) or self._changes.revision() != self._open.revision

    def tick(self) -> None:
        """Do what is due each second."""
        self.look_for_changes()
        _call(self._open.tickers)

    def is_still_signed_in(self) -> bool:
        """Look at the session in the database again; an ended one leads to the sign-in, and from there back here."""
        role = accounts.role_of(self.parts.warehouse, self.actor)
        if role is None:
            self.browser.open(f"{SIGN_IN}?{urlencode({'ended': 'yes', 'next': self.browser.url})}")
            return False
        self.role = role
        return True

    def _show_address(self) -> None:
        query: dict[str, str] = {}
        for state, names in self._open.bound:
            query |= chosen(state, names)
        self.address = Address(self._open.name, query)
        self.browser.url = self.address.url


def _call(callbacks: Sequence[Callable[[], None]]) -> None:
    for callback in tuple(callbacks):
        callback()
