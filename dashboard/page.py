"""What a page declares."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from panel.viewable import Viewable

from flows.services.accounts import Role

if TYPE_CHECKING:
    from dashboard.visit import Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of the dashboard.

    Attributes:
        name: Its path: `/sales`.
        title: What stands in the menu and at its head.
        icon: Name of a Material icon.
        says: One sentence under the title.
        build: Makes the page for a session; called when the session opens it.
        needed: Role that sees it.
        is_in_menu: Whether the menu lists it.
        scripts: What the browser fetches at once, since the page is of no use without it.
    """

    name: str
    title: str
    icon: str
    says: str
    build: Callable[[Visit], Viewable]
    needed: Role = Role.VIEWER
    is_in_menu: bool = True
    scripts: tuple[str, ...] = ()
