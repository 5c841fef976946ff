"""Views that people save for themselves: a name for what they chose on a page."""

from typing import Any

from flows.adapters import audit
from flows.adapters.warehouse import Warehouse
from flows.core.errors import MistakeError
from flows.services.accounts import Role, SignedIn, authorized

MAX_NAME, MAX_ADDRESS, MAX_VIEWS = 60, 4000, 100


def saved_views(warehouse: Warehouse, actor: SignedIn, page: str) -> list[dict[str, Any]]:
    """Return a person's own views of a page, by name.

    Raises:
        RefusedError: Nobody is signed in.
    """
    with authorized(warehouse, actor, Role.VIEWER, "look at saved views") as connection:
        return connection.execute(
            "select name, address, saved_at from platform.saved_view where account = %s and page = %s order by name",
            (actor.account, page),
        ).fetchall()


def save_view(warehouse: Warehouse, actor: SignedIn, page: str, name: str, address: str) -> str:
    """Save what is chosen on a page under a name, in place of what had the name; return the name.

    Args:
        address: Query of the page's address.

    Raises:
        RefusedError: Nobody is signed in.
        MistakeError: The name is empty or too long, the address too long, or there are too many views.
    """
    name = " ".join(name.split())
    if not 1 <= len(name) <= MAX_NAME:
        raise MistakeError(f"a view needs a name of 1 to {MAX_NAME} characters")
    if len(address) > MAX_ADDRESS:
        raise MistakeError("too much is chosen to be saved; filter by fewer values")
    with authorized(warehouse, actor, Role.VIEWER, "save views") as connection:
        others = connection.execute(
            "select count(*) as number from platform.saved_view where account = %s and (page, name) <> (%s, %s)",
            (actor.account, page, name),
        ).fetchone()
        if others is not None and others["number"] >= MAX_VIEWS:
            raise MistakeError(f"you have {MAX_VIEWS} views already; forget one first")
        connection.execute(
            """
            insert into platform.saved_view (account, page, name, address) values (%s, %s, %s, %s)
            on conflict (account, page, name) do update set address = excluded.address, saved_at = now()
            """,
            (actor.account, page, name, address),
        )
        audit.record(connection, "view_saved", actor=actor.account, page=page, name=name, address=address)
    return name


def forget_view(warehouse: Warehouse, actor: SignedIn, page: str, name: str) -> None:
    """Forget one of a person's own views.

    Raises:
        RefusedError: Nobody is signed in.
        MistakeError: They have no view of that name.
    """
    with authorized(warehouse, actor, Role.VIEWER, "forget views") as connection:
        gone = connection.execute(
            "delete from platform.saved_view where account = %s and page = %s and name = %s",
            (actor.account, page, name),
        )
        if not gone.rowcount:
            raise MistakeError(f"you have no view {name!r} here")
        audit.record(connection, "view_forgotten", actor=actor.account, page=page, name=name)
