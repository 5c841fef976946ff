"""The accounts, for those who may see them."""

import param

from dashboard.tables.asked import Asked, Make
from flows.services import accounts
from flows.services.accounts import Role
from flows.services.exporting import Send
from flows.services.tables import Table

ACCOUNT = ("account", "role", "is_active", "must_choose_password", "issuer", "signed_in_at", "sessions", "created_by",
           "created_at")  # fmt: skip


def _accounts(asked: Asked, to: Send) -> int:
    asked.state(param.Parameterized, ())
    found = accounts.accounts(asked.parts.warehouse, asked.actor)
    table = Table(
        name="accounts",
        columns=ACCOUNT,
        rows=lambda _: ([row[one] for one in ACCOUNT] for row in found),
        needed=Role.ADMIN,
    )
    return asked.send(table, to)


TABLES: dict[tuple[str, str], Make] = {("people", "accounts"): _accounts}
