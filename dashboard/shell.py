"""What surrounds every page: the bar at the top, the menu, the heading, the place for dialogs."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin

import panel_material_ui as pmui
from jinja2 import Template
from panel.viewable import Viewable
from panel_material_ui.base import BASE_TEMPLATE
from panel_material_ui.template.base import Page as Frame

from dashboard.closing import be_busy_alone
from dashboard.formats import escaped
from dashboard.page import Page
from dashboard.pages import pages
from dashboard.parts.layout import place
from dashboard.parts.text import markup, skeleton
from dashboard.theme import PAGE_SX, THEME

if TYPE_CHECKING:
    from dashboard.visit import Visit

SIDEBAR_PX = 232


class Shell:
    """The frame of one session."""

    def __init__(self, visit: Visit, is_dark: bool) -> None:
        self._visit = visit
        self._heading = markup("")
        self._menu = markup("")
        self._place = place()
        content = pmui.Column(
            self._heading,
            self._place,
            visit.dialogs,
            visit.browser,
            sizing_mode="stretch_width",
            margin=0,
            sx={"gap": 2, "p": {"xs": 1.5, "md": 3}, "maxWidth": "110rem", "mx": "auto"},
        )
        self.page = Frame(
            title="Quayside",
            site_url="/overview",
            favicon=None,
            header=[self._account()],
            sidebar=[self._menu],
            sidebar_open=not visit.browser.is_narrow,
            sidebar_width=SIDEBAR_PX,
            sidebar_resizable=False,
            main=[content],
            dark_theme=is_dark,
            theme_config=THEME,
            css_files=["/assets/quayside.css"],
            meta_viewport="width=device-width, initial-scale=1",
            busy_indicator=None,
            template=_template(),
            sx=PAGE_SX,
        )
        be_busy_alone(self.page)

    def follow_browser(self) -> None:
        """Follow what the person does with the window from now on, and what they did since it was asked for."""
        self.page.param.watch(lambda *_: self._follow_mode(), "dark_theme")
        self._visit.browser.param.watch(lambda *_: self._follow_width(), "is_narrow")
        self._follow_mode()
        self._follow_width()

    def _follow_mode(self) -> None:
        self._visit.browser.is_dark = self.page.dark_theme

    def _follow_width(self) -> None:
        self.page.sidebar_open = not self._visit.browser.is_narrow

    def show_loading(self, page: Page) -> None:
        """Show the head of a page at once, and that the rest is on its way."""
        self._heading.object = _head_of(page)
        self._menu.object = self._menu_of(page)
        self._place[:] = [skeleton(8)]
        if self._visit.browser.is_narrow:
            self.page.sidebar_open = False

    def shows_loading(self, page: Page) -> bool:
        """Return whether the head of a page stands there already."""
        return bool(self._heading.object == _head_of(page))

    def show(self, content: Viewable) -> None:
        """Show a page."""
        self._place[:] = [content]

    def _menu_of(self, current: Page) -> str:
        items = "".join(
            f'<li><a href="/{page.name}"{_current(page is current)}>'
            f'<span class="material-icons" aria-hidden="true">{page.icon}</span>{escaped(page.title)}</a></li>'
            for page in pages().values()
            if page.is_in_menu and self._visit.may(page.needed)
        )
        return f'{_MENU_STYLE}<ul class="q-menu">{items}</ul>'

    def _account(self) -> Viewable:
        visit = self._visit
        return markup(
            f'{_ACCOUNT_STYLE}<form class="q-account" method="post" action="/sign-out">'
            f'<a href="/account" aria-label="Your account: {escaped(visit.actor.account)}, {escaped(visit.role)}">'
            '<span class="material-icons" aria-hidden="true">person</span>'
            f"<strong>{escaped(visit.actor.account)}</strong> "
            f'<small>{escaped(visit.role)}</small></a><button type="submit">Sign out</button></form>'
        )


@cache
def _template() -> Template:
    """Return what the server sends first: that of panel-material-ui, which also names its bundle."""
    text = (Path(__file__).parent / "assets" / "page.html").read_text()
    bundle = urljoin("/", Frame._render_esm(server=True))
    environment = BASE_TEMPLATE.environment.overlay()
    environment.filters = {**environment.filters, "without": _without}
    made: Template = environment.from_string(text, globals={"bundle": bundle})
    return made


def _without(tags: str, name: str) -> str:
    """Return tags that load resources, one a line, without the one whose address has a name."""
    return "".join(line for line in tags.splitlines(keepends=True) if name not in line)


def _head_of(page: Page) -> str:
    return f'<h1 tabindex="-1">{escaped(page.title)}</h1><p class="q-says">{escaped(page.says)}</p>'


def _current(is_current: bool) -> str:
    return ' aria-current="page"' if is_current else ""


_MENU_STYLE = """<style>
.q-menu { list-style: none; margin: .75rem 0; padding: 0 .6rem; display: grid; gap: .15rem; }
.q-menu a { display: flex; align-items: center; gap: .75rem; padding: .6rem .75rem; border-radius: .7rem;
  color: var(--q-text); font-weight: 500; font-size: .93rem; }
.q-menu a:hover { background: var(--q-neutral-soft); text-decoration: none; }
.q-menu a[aria-current] { background: var(--q-accent-soft); color: var(--q-accent); font-weight: 600; }
.q-menu .material-icons { font-family: "Material Icons"; font-size: 1.25rem; line-height: 1;
  font-feature-settings: "liga"; font-style: normal; }
</style>"""
_ACCOUNT_STYLE = """<style>
.q-account { display: flex; justify-content: flex-end; align-items: center; gap: .75rem; margin: 0; font-size: .9rem; }
.q-account small { color: var(--q-quiet); font-size: .8rem; }
.q-account button { font: 600 .85rem Roboto, sans-serif; color: var(--q-accent); background: transparent;
  cursor: pointer; border: 1px solid var(--q-line); border-radius: .6rem; padding: .35rem .75rem; }
.q-account a { display: flex; align-items: center; gap: .4rem; color: inherit; min-height: 2.2rem; }
.q-account .material-icons { font-family: "Material Icons"; font-size: 1.3rem; line-height: 1;
  font-feature-settings: "liga"; font-style: normal; }
@media (max-width: 36rem) { .q-account strong, .q-account small { display: none; } }
</style>"""
