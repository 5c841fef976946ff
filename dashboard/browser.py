"""The part of a session that lives in the browser: its address, its light or dark mode, and what it is told."""

from pathlib import Path
from typing import Any

import param
from panel.custom import JSComponent


class Browser(JSComponent):
    """Keeps the address of the browser and the session's page in step, and shows toasts.

    Attributes:
        url: Path and query; written by the person (a link, the back button) or by us.
        is_dark: Which mode the person chose.
        title: Title of the window.
        pages: Names of the pages that a link can open without loading the address anew.
        is_narrow: Whether the window is as narrow as a phone, or nothing is known of it; told by the browser.
    """

    url = param.String(default="/")
    is_dark = param.Boolean(default=False)
    title = param.String(default="Quayside")
    pages = param.List(default=[])
    is_narrow = param.Boolean(default=True)

    _esm = Path(__file__).parent / "assets" / "browser.js"

    def __init__(self, **options: Any) -> None:  # Any: parameters of the component
        """Begin as one that hears nothing yet."""
        super().__init__(**options)  # type: ignore[no-untyped-call]  # of Panel
        self._waiting: list[dict[str, str]] | None = []

    def begin(self) -> None:
        """Know that the browser hears from now on, and tell it what waited."""
        waiting, self._waiting = self._waiting or [], None
        for message in waiting:
            self._tell(message)

    def toast(self, text: str, kind: str) -> None:
        """Show a sentence for some seconds; screen readers say it."""
        self._tell({"what": "toast", "text": text, "kind": kind})

    def open(self, url: str) -> None:
        """Load another address; also what can't be shown within this page."""
        self._tell({"what": "open", "url": url})

    def focus_heading(self) -> None:
        """Move the keyboard to the head of the page that was just opened."""
        self._tell({"what": "focus"})

    def _tell(self, message: dict[str, str]) -> None:
        if self._waiting is None:
            self._send_msg(message)
        else:
            self._waiting.append(message)

    def _handle_msg(self, message: Any) -> None:
        """Take nothing from the browser but the parameters."""
