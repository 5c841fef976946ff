"""A person's saved views: choose one, save what is chosen now, forget one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import panel_material_ui as pmui

from dashboard.parts.dialog import dialog
from dashboard.parts.field import Field
from flows.services import saved_views

if TYPE_CHECKING:
    from dashboard.visit import Visit

NONE = ""
PAGE = "grid"


class Views:
    """The list of views and its two buttons."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._addresses: dict[str, str] = {}
        self.list = pmui.Select(label="My views", options={}, sizing_mode="stretch_width", margin=0, size="small")
        self.save = pmui.Button(label="Save this view", variant="text", size="small", icon="bookmark_add", margin=0)
        self.forget = pmui.Button(
            label="Forget it", variant="text", size="small", icon="bookmark_remove", margin=0, visible=False
        )
        self.list.param.watch(lambda event: self._choose(event.new), "value")
        self.save.on_click(lambda _: self._ask())
        self.forget.on_click(lambda _: self._forget())
        self.refresh()

    def refresh(self) -> None:
        """Offer what is saved, and tell whether what is chosen now is one of it."""
        visit = self._visit
        found = visit.attempt(lambda: saved_views.saved_views(visit.parts.warehouse, visit.actor, PAGE)) or []
        self._addresses = {one["name"]: one["address"] for one in found}
        self.show()

    def show(self) -> None:
        """Tell which view is on the screen."""
        now = self._now()
        name = next((name for name, address in self._addresses.items() if address == now), NONE)
        options = {"Choose a view" if self._addresses else "None saved yet": NONE}
        options |= {one: one for one in self._addresses}
        self.list.param.update(options=options, value=name)
        self.forget.visible = bool(name)

    def _now(self) -> str:
        """Return what is chosen as the query of an address, always in the same order."""
        told = {name: value for name, value in self._visit.address.query.items() if value and name != "row"}
        return urlencode(sorted(told.items()))

    def _choose(self, name: str) -> None:
        address = self._addresses.get(name)
        if address is not None and address != self._now():
            self._visit.browser.url = f"/{PAGE}" + (f"?{address}" if address else "")

    def _ask(self) -> None:
        name = Field(label="Name", sizing_mode="stretch_width", max_length=saved_views.MAX_NAME)
        save = pmui.Button(label="Save", color="primary", variant="contained")
        shown = dialog(self._visit, "Save this view", pmui.Column(name, save, margin=0, sx={"gap": 1}))

        def agreed(_: Any) -> None:  # Any: a click
            visit, told, address = self._visit, name.value_input or name.value or "", self._now()
            saved = visit.attempt(
                lambda: saved_views.save_view(visit.parts.warehouse, visit.actor, PAGE, told, address),
                done=lambda one: f"{one} is saved; only you see it",
            )
            if saved is not None:
                shown.open = False
                self.refresh()

        save.on_click(agreed)

    def _forget(self) -> None:
        visit, name = self._visit, self.list.value
        visit.attempt(
            lambda: saved_views.forget_view(visit.parts.warehouse, visit.actor, PAGE, name), done=f"{name} is forgotten"
        )
        self.refresh()
