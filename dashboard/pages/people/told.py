"""A password that is shown once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import panel_material_ui as pmui

from dashboard.formats import escaped
from dashboard.parts.dialog import dialog
from dashboard.parts.text import markup

if TYPE_CHECKING:
    from dashboard.visit import Visit


def tell(visit: Visit, account: str, password: str) -> None:
    """Show a password until the admin has noted it; the session keeps it no longer than that."""
    text = markup(
        f"<p>Hand this to <b>{escaped(account)}</b> by a way that only they can read. It is shown here once, stored "
        "nowhere, and good for choosing a password of their own at the first sign-in.</p>"
        f'<pre class="q-code" tabindex="0" aria-label="One-time password" '
        f'style="font-size:1.1rem;padding:.9rem 0">{escaped(password)}</pre>'
    )
    noted = pmui.Button(label="I have noted it", color="primary", variant="contained")
    shown = dialog(visit, f"One-time password of {account}", pmui.Column(text, noted, margin=0))
    shown.close_on_click = False

    def close(_: object) -> None:
        shown.open = False
        text.object = ""

    noted.on_click(close)
