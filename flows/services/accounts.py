"""Who may do what: accounts, roles, signing in, and the check that every write by a person passes."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache
from hashlib import sha256
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from psycopg.errors import DeadlockDetected, LockNotAvailable, RaiseException

from flows.adapters import audit
from flows.adapters.warehouse import Connection, Warehouse
from flows.core.errors import MistakeError, RefusedError
from sql import PLATFORM, query

SESSION = timedelta(hours=12)
MIN_PASSWORD_CHARACTERS = 12
MAX_PASSWORD_CHARACTERS = 1_000
FREE_FAILURES = 4
"""Wrong passwords in a row before a name has to wait; then the wait doubles with each one."""
MAX_WAIT = timedelta(minutes=15)
FIRST_ADMIN = "admin"
UNKNOWN = "(unknown)"
"""Stands in the audit trail for a name that is no account: people type passwords there by mistake."""

_HASHER = PasswordHasher()


class Role(StrEnum):
    """What an account may do; each role may do what the ones before it may."""

    VIEWER = "viewer"
    EDITOR = "editor"
    STEWARD = "steward"
    ADMIN = "admin"


_RANK = {role: rank for rank, role in enumerate(Role)}


class OneTimePasswordError(RefusedError):
    """The password is right, but good for choosing another one only."""

    def __init__(self) -> None:
        super().__init__("this password is good once: choose one of your own with it")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A person who is signed in; the token proves it to every service."""

    account: str
    token: str = field(repr=False)


def sign_in(
    warehouse: Warehouse, account: str, password: str, *, new_password: str = "", client: str = "command line"
) -> SignedIn:
    """Return a new session.

    Args:
        new_password: What takes the place of a password that is good once; else it is not looked at.

    Raises:
        OneTimePasswordError: The password is good once, and there is no new one.
        MistakeError: The new password can't be one.
        RefusedError: The name or the password is wrong, the account is closed, or the name has to wait.
    """
    name = account.strip().lower()
    with warehouse.transaction() as connection:
        tried = sha256(name.encode()).hexdigest()
        wait_s = _wait_s(connection, tried)
        known = connection.execute(
            "select password_hash, is_active, must_choose_password from platform.account where account = %s", (name,)
        ).fetchone()
        is_right = not wait_s and _matches(known["password_hash"] if known else None, password)
        if known and is_right and known["is_active"]:
            if known["must_choose_password"]:
                _check_chosen(name, password, new_password)
            connection.execute("delete from platform.sign_in_throttle where name_hash = %s", (tried,))
            actor = begin_session(connection, name, client=client)
            if known["must_choose_password"]:
                _set_password(connection, actor, name, new_password)
            return actor
        if not wait_s:
            _count_failure(connection, tried)
        audit.record(
            connection,
            "sign_in_refused",
            actor=name if known else UNKNOWN,
            client=client,
            reason="wait" if wait_s else "wrong or closed",
        )
    if wait_s:
        raise RefusedError(f"too many wrong passwords for {name}: wait {wait_s:.0f} s and try again")
    raise RefusedError("the account or the password is wrong, or the account is closed")


def begin_session(connection: Connection, account: str, *, client: str) -> SignedIn:
    """Return a new session of a person whom something has proved to be the account's."""
    token = secrets.token_urlsafe(32)
    connection.execute("delete from platform.session where expires_at < now()")
    connection.execute(
        "insert into platform.session (token_hash, account, client, expires_at) values (%s, %s, %s, %s)",
        (_hash(token), account, client, datetime.now(UTC) + SESSION),
    )
    audit.record(connection, "sign_in", actor=account, client=client)
    return SignedIn(account=account, token=token)


def sign_out(warehouse: Warehouse, actor: SignedIn) -> None:
    """End a session."""
    with warehouse.transaction() as connection:
        ended = connection.execute("delete from platform.session where token_hash = %s", (_hash(actor.token),))
        if ended.rowcount:
            audit.record(connection, "sign_out", actor=actor.account)


def role_of(warehouse: Warehouse, actor: SignedIn) -> Role | None:
    """Return the role of a session's account; None where the session has ended."""
    with warehouse.transaction() as connection:
        return _session_role(connection, actor)


@contextmanager
def authorized(warehouse: Warehouse, actor: SignedIn, needed: Role, act: str) -> Iterator[Connection]:
    """Yield one transaction in which an account that has the role does something; a refusal is audited.

    Args:
        act: What is done, as the end of "… may not …".

    Raises:
        RefusedError: The session has ended, or the role does not allow it.
        MistakeError: A large file keeps what is needed for itself; nothing was written.
    """
    with warehouse.transaction() as connection:
        role = _session_role(connection, actor)
        if role is not None and _RANK[role] >= _RANK[needed]:
            connection.execute("set local lock_timeout = '60s'")
            try:
                yield connection
            except (LockNotAvailable, DeadlockDetected):
                raise MistakeError(
                    "a large file of this dataset is being published, or someone else changes the same rows; "
                    "nothing was written, try again in a minute"
                ) from None
            return
    with warehouse.transaction() as connection:
        audit.record(connection, "refused", actor=actor.account, act=act, role=role, needed=needed)
    if role is None:
        raise RefusedError("you are not signed in, or no longer: use `quayside login`")
    raise RefusedError(f"{actor.account} is {role} and may not {act}: that needs the role {needed}")


def may_still(connection: Connection, account: str, needed: Role) -> bool:
    """Return whether an account that decided something earlier still has the role for it."""
    row = connection.execute("select platform.role_in_force(%s) as role", (account,)).fetchone()
    return row is not None and row["role"] is not None and _RANK[Role(row["role"])] >= _RANK[needed]


def make_first_admin(warehouse: Warehouse, password: str = "") -> str | None:
    """Make the first account, an admin; return its password, which is shown once. None where there are accounts.

    Args:
        password: Chosen by whoever sets a server up; random where it is empty.

    Raises:
        MistakeError: The chosen password is too short.
    """
    if password:
        _check_password(FIRST_ADMIN, password)
    password = password or secrets.token_urlsafe(15)
    with warehouse.transaction() as connection:
        connection.execute("select pg_advisory_xact_lock(hashtext('quayside.first_admin'))")
        if connection.execute("select 1 from platform.account limit 1").fetchone():
            return None
        _insert(connection, FIRST_ADMIN, Role.ADMIN, password, by=audit.SYSTEM)
    return password


def one_time_password() -> str:
    """Return a password that nobody can guess, to be told to a person once."""
    return secrets.token_urlsafe(15)


def create(
    warehouse: Warehouse, actor: SignedIn, account: str, role: Role, password: str, *, is_one_time: bool = False
) -> None:
    """Make an account.

    Args:
        is_one_time: Whether the person has to choose a password of their own with this one.

    Raises:
        MistakeError: The name is taken or can't be one, or the password is too short.
        RefusedError: The actor is no admin.
    """
    name = account.strip().lower()
    _check_password(name, password)
    with _changing(warehouse, actor, Role.ADMIN, "make accounts") as connection:
        _check_name(name)
        connection.execute(
            "select platform.make_account(%s, %s, %s, %s, %s)",
            (actor.token, name, role, _HASHER.hash(password), is_one_time),
        )


def change_role(warehouse: Warehouse, actor: SignedIn, account: str, role: Role) -> None:
    """Give an account another role; the last admin keeps theirs.

    Raises:
        MistakeError: There is no such account, it is the last admin, or an identity provider says its role.
        RefusedError: The actor is no admin.
    """
    with _changing(warehouse, actor, Role.ADMIN, "change roles") as connection:
        connection.execute("select platform.change_role(%s, %s, %s)", (actor.token, account, role))


def set_active(warehouse: Warehouse, actor: SignedIn, account: str, is_active: bool) -> None:
    """Close an account and end its sessions, or open it again.

    Raises:
        MistakeError: There is no such account, or it is the last admin.
        RefusedError: The actor is no admin.
    """
    with _changing(warehouse, actor, Role.ADMIN, "close accounts") as connection:
        connection.execute("select platform.open_account(%s, %s, %s)", (actor.token, account, is_active))


def set_password(
    warehouse: Warehouse, actor: SignedIn, account: str, password: str, *, is_one_time: bool = False
) -> None:
    """Give an account a new password and end its other sessions; people may change their own, admins everyone's.

    Args:
        is_one_time: As in `create`.

    Raises:
        MistakeError: There is no such account, it has no password, or the new one is too short.
        RefusedError: The actor may not.
    """
    _check_password(account, password)
    needed = Role.VIEWER if account == actor.account else Role.ADMIN
    with _changing(warehouse, actor, needed, "set another account's password") as connection:
        _set_password(connection, actor, account, password, is_one_time=is_one_time)


def change_own_password(warehouse: Warehouse, actor: SignedIn, password: str, new_password: str) -> None:
    """Give the actor's account a new password, if they know the present one; their other sessions end.

    Raises:
        MistakeError: The present password is another one, or the new one can't be one.
        RefusedError: The session has ended.
    """
    with authorized(warehouse, actor, Role.VIEWER, "change a password") as connection:
        known_hash = _hash_of(connection, actor)
    if known_hash is None:
        raise MistakeError(f"{actor.account} signs in with an identity provider and has no password here")
    if not _matches(known_hash, password):
        raise MistakeError("this is not your present password")
    set_password(warehouse, actor, actor.account, new_password)


def has_password(warehouse: Warehouse, actor: SignedIn) -> bool:
    """Return whether a person signs in with a password of ours."""
    with authorized(warehouse, actor, Role.VIEWER, "look at their account") as connection:
        return _hash_of(connection, actor) is not None


def end_sessions(warehouse: Warehouse, actor: SignedIn, account: str) -> int:
    """Sign an account out wherever it is signed in, but for the actor's own session; return how many sessions ended.

    Raises:
        RefusedError: The actor is no admin.
    """
    with authorized(warehouse, actor, Role.ADMIN, "end sessions") as connection:
        ended = connection.execute(
            "delete from platform.session where account = %s and token_hash <> %s", (account, _hash(actor.token))
        ).rowcount
        audit.record(
            connection, "sessions_ended", actor=actor.account, account=account, counts={"sessions": max(0, ended)}
        )
    return ended


def accounts(warehouse: Warehouse, actor: SignedIn) -> list[dict[str, Any]]:
    """Return every account, without a hash.

    Raises:
        RefusedError: The actor is no admin.
    """
    with authorized(warehouse, actor, Role.ADMIN, "list accounts") as connection:
        return connection.execute(query(PLATFORM, "accounts").encode()).fetchall()


@contextmanager
def _changing(warehouse: Warehouse, actor: SignedIn, needed: Role, act: str) -> Iterator[Connection]:
    """As `authorized`, for the functions of the database that change accounts; what they say is a mistake."""
    try:
        with authorized(warehouse, actor, needed, act) as connection:
            yield connection
    except RaiseException as error:
        raise MistakeError(error.diag.message_primary or "the database refused it") from None


def _session_role(connection: Connection, actor: SignedIn) -> Role | None:
    row = connection.execute(
        """
        select platform.role_in_force(account) as role
        from platform.session
        where token_hash = %s and account = %s and expires_at > now()
        """,
        (_hash(actor.token), actor.account),
    ).fetchone()
    return Role(row["role"]) if row and row["role"] else None


def _wait_s(connection: Connection, name_hash: str) -> float:
    """Return how long a name has to wait; sign-ins of one name come one after the other."""
    connection.execute("delete from platform.sign_in_throttle where blocked_until < now() - interval '1 day'")
    connection.execute(
        "insert into platform.sign_in_throttle (name_hash, blocked_until) values (%s, now()) on conflict do nothing",
        (name_hash,),
    )
    row = connection.execute(
        """
        select extract(epoch from blocked_until - clock_timestamp())::float as wait_s
        from platform.sign_in_throttle where name_hash = %s for update
        """,
        (name_hash,),
    ).fetchone()
    return max(0.0, row["wait_s"]) if row else 0.0


def _count_failure(connection: Connection, name_hash: str) -> None:
    connection.execute(
        """
        update platform.sign_in_throttle
        set failures = failures + 1,
            blocked_until = clock_timestamp()
                + case when failures < %(free)s then interval '0' else
                    least(make_interval(secs => 2.0 ^ least(failures - %(free)s + 1, 20)), %(most)s) end
        where name_hash = %(name)s
        """,
        {"name": name_hash, "free": FREE_FAILURES, "most": MAX_WAIT},
    )


@cache
def _no_hash() -> str:
    """Return what is checked for names that do not exist, so that the answer takes as long."""
    return _HASHER.hash(secrets.token_urlsafe())


def _matches(known_hash: str | None, password: str) -> bool:
    try:
        return _HASHER.verify(known_hash or _no_hash(), password[:MAX_PASSWORD_CHARACTERS]) and known_hash is not None
    except VerifyMismatchError:
        return False


def _check_password(account: str, password: str) -> None:
    if not MIN_PASSWORD_CHARACTERS <= len(password) <= MAX_PASSWORD_CHARACTERS:
        raise MistakeError(f"a password has {MIN_PASSWORD_CHARACTERS} to {MAX_PASSWORD_CHARACTERS:,} characters")
    if password.lower() in (account, account * 2) or len(set(password)) < 4:
        raise MistakeError("this password is too easy to guess")


def _check_chosen(account: str, password: str, new_password: str) -> None:
    if not new_password:
        raise OneTimePasswordError
    if new_password == password:
        raise MistakeError("choose a password that nobody has told you")
    _check_password(account, new_password)


def _check_name(name: str) -> None:
    if not name or len(name) > 64 or not all(one.isascii() and (one.isalnum() or one in "._@-") for one in name):
        raise MistakeError("a name has at most 64 of a-z, 0-9, dot, underscore, at and hyphen")
    if not name[0].isalnum():
        raise MistakeError("a name begins with a letter or a digit")


def _hash_of(connection: Connection, actor: SignedIn) -> str | None:
    row = connection.execute(
        "select password_hash from platform.account where account = %s", (actor.account,)
    ).fetchone()
    return row["password_hash"] if row else None


def _set_password(
    connection: Connection, actor: SignedIn, account: str, password: str, *, is_one_time: bool = False
) -> None:
    connection.execute(
        "select platform.set_password(%s, %s, %s, %s)", (actor.token, account, _HASHER.hash(password), is_one_time)
    )


def _insert(connection: Connection, account: str, role: Role, password: str, *, by: str) -> None:
    connection.execute(
        "insert into platform.account (account, role, password_hash, created_by) values (%s, %s, %s, %s)",
        (account, role, _HASHER.hash(password), by),
    )
    audit.record(connection, "account_changed", actor=by, account=account, role=role, created=True)


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
