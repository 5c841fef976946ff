"""One browser session: the shell, the page that is open, and the way from one to the next."""

import logging
from typing import Any

import panel as pn
from panel.viewable import Viewable
from tornado.ioloop import IOLoop

from dashboard.address import Address, read_address
from dashboard.auth import Visitor
from dashboard.browser import Browser
from dashboard.clock import clock
from dashboard.closing import forget_when_closed
from dashboard.in_order import act_soon
from dashboard.page import Page
from dashboard.pages import START, pages
from dashboard.parts.text import empty
from dashboard.scheduling import schedule_at_once
from dashboard.shell import Shell
from dashboard.visit import Visit
from flows.resources import resources

LOG = logging.getLogger(__name__)
SIGNED_IN_EVERY = 15
"""Ticks between two looks whether the person is still signed in."""
MODE_COOKIE = "quayside-mode"
WIDTH_COOKIE = "quayside-width"
"""Written by the browser; while nothing is known the menu starts closed, since on a phone it covers the page."""


def open_page(name: str) -> Viewable:
    """Return what a browser shows that asks for a page; Panel calls it once per session."""
    visitor = _visitor()
    if visitor is None:  # the server asks for a sign-in before it gets here; nothing is shown without one
        return pn.pane.HTML('<p>Please <a href="/sign-in">sign in</a>.</p>')
    session = Session(visitor, _address(name))
    return session.shell.page


class Session:
    """Opens pages as the address says."""

    def __init__(self, visitor: Visitor, address: Address) -> None:
        is_dark = pn.state.cookies.get(MODE_COOKIE) == "dark"
        is_narrow = pn.state.cookies.get(WIDTH_COOKIE) != "wide"
        self.browser = Browser(
            url=address.url,
            is_dark=is_dark,
            is_narrow=is_narrow,
            title=_title(address.page),
            pages=list(pages()),
        )
        self.visit = Visit(resources(), visitor, self.browser)
        self.shell = Shell(self.visit, is_dark)
        self._ticks = self._signed_in_at = 0
        self._prepared: tuple[Address, Viewable] | None = None
        self.shell.show_loading(pages()[address.page])
        pn.state.onload(self._begin)
        document = pn.state.curdoc
        if document is not None:
            schedule_at_once(document)
            forget_when_closed(document)
            document.template_variables["scripts"] = pages()[address.page].scripts
            IOLoop.current().call_later(0, act_soon, document, lambda: self._prepare(address))  # after the answer

    def _prepare(self, address: Address) -> None:
        """Build the page while the browser still fetches and draws what is around it."""
        page = pages()[address.page]
        if self.visit.may(page.needed):
            self.visit.opened(address)
            self._prepared = (address, self._built(page))

    def _begin(self) -> None:
        """Show the first page, now that the browser has drawn the shell.

        What the browser told until then is looked at here and not earlier: Panel would drop what follows from it, since
        the browser has the document already, but is not known to be connected.
        """
        self.browser.begin()
        self.browser.param.watch(lambda event: self._follow(event.new), "url")
        self.shell.follow_browser()
        if pn.state.curdoc is not None:
            clock().add(pn.state.curdoc, self._is_due, self._tick)
        address = read_address(self.browser.url)
        self._open(address if address.page in pages() else Address(START), is_first=True)

    def _follow(self, url: str) -> None:
        """Go where the address says."""
        address = read_address(url)
        if address.page not in pages():
            self.browser.open(url)
        elif address.page == self.visit.address.page:
            if address != self.visit.address:
                self.visit.moved(address)
        else:
            self._open(address)

    def _open(self, address: Address, *, is_first: bool = False) -> None:
        page = pages()[address.page]
        if not self.visit.may(page.needed):
            self.visit.toast(f"{page.title} needs the role {page.needed}", "warning")
            page = pages()[START]
            address = Address(START)
        if not (is_first and self.shell.shows_loading(page)):
            self.shell.show_loading(page)
        self.browser.title = _title(page.name)
        prepared, self._prepared = self._prepared, None
        if prepared is None or prepared[0] != address:
            self.visit.opened(address)
            prepared = (address, self._built(page))
        self.shell.show(prepared[1])
        if not is_first:
            self.browser.focus_heading()

    def _built(self, page: Page) -> Viewable:
        """Return a page; one that fails says so instead of loading for ever."""
        try:
            return page.build(self.visit)
        except Exception:
            LOG.exception("the page %s failed", page.name)
            again = f'<a href="/{page.name}">Open it anew</a>, or tell whoever runs this server: its log says why.'
            return empty("This page could not be shown", again)

    def _is_due(self) -> bool:
        self._ticks += 1
        return self._must_look_who_it_is() or self.visit.has_something_due()

    def _tick(self) -> None:
        if self._must_look_who_it_is():
            self._signed_in_at = self._ticks
            if not self.visit.is_still_signed_in():
                return
        self.visit.tick()

    def _must_look_who_it_is(self) -> bool:
        return self._ticks >= self._signed_in_at + SIGNED_IN_EVERY


def _visitor() -> Visitor | None:
    return getattr(_request(), "visitor", None)


def _request() -> Any:  # Any: Bokeh's stand-in for Tornado's request
    return getattr(pn.state.curdoc.session_context, "request", None) if pn.state.curdoc else None


def _address(name: str) -> Address:
    address = read_address(getattr(_request(), "uri", ""))
    return address if address.page == name else Address(name)


def _title(name: str) -> str:
    return f"{pages()[name].title} · Quayside"
