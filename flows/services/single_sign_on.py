"""Signing in with an identity provider: groups become roles, and a person gets an account at the first sign-in."""

from collections.abc import Mapping
from typing import Any

from flows.adapters import audit, identity_provider
from flows.adapters.identity_provider import Asked, Client, ProviderError
from flows.adapters.warehouse import Warehouse
from flows.core.errors import MistakeError, RefusedError
from flows.services.accounts import UNKNOWN, Role, SignedIn, begin_session
from flows.settings import Settings

_RANK = {role: rank for rank, role in enumerate(Role)}
_WHY = {
    "no_group": "none of your groups at {provider} has a role here; ask whoever administers Quayside for one",
    "name_taken": "{name} is the account of someone else here; ask whoever administers Quayside",
    "bad_name": "{provider} calls you {name!r}; a name here has at most 64 of a-z, 0-9, dot, underscore, at and hyphen",
    "closed": "your account is closed; ask whoever administers Quayside",
    "last_admin": "{name} is the last admin and your groups at {provider} give you another role; make an admin first",
}


def is_configured(settings: Settings) -> bool:
    """Return whether people may sign in with a provider."""
    return bool(settings.oidc_issuer)


def check(settings: Settings) -> None:
    """Refuse a configuration that can't work, before anybody depends on it.

    Raises:
        MistakeError: Something is missing, is no role, or is not safe.
    """
    if not is_configured(settings):
        return
    if not settings.oidc_client_id:
        raise MistakeError("QUAYSIDE_OIDC_ISSUER needs QUAYSIDE_OIDC_CLIENT_ID too")
    if "openid" not in settings.oidc_scopes.split():
        raise MistakeError("QUAYSIDE_OIDC_SCOPES must have openid")
    if not roles_of_groups(settings):
        raise MistakeError("QUAYSIDE_OIDC_GROUP_ROLES must name a role for at least one group: group=role")
    try:
        identity_provider.check_address(settings.oidc_issuer, "issuer")
    except ProviderError as error:
        raise MistakeError(str(error)) from error


def client_of(settings: Settings, redirect_uri: str) -> Client:
    """Return what the provider knows this dashboard by."""
    return Client(
        issuer=settings.oidc_issuer,
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret.get_secret_value(),
        redirect_uri=redirect_uri,
        scopes=settings.oidc_scopes,
    )


def roles_of_groups(settings: Settings) -> dict[str, Role]:
    """Return the role of each group; a name of a group may hold commas and equals signs, as in a directory.

    Raises:
        MistakeError: Something is no role.
    """
    roles = {}
    for told in settings.oidc_group_roles.split(";"):
        group, _, role = (part.strip() for part in told.rpartition("="))
        if not told.strip():
            continue
        if not group or role not in list(Role):
            raise MistakeError(f"QUAYSIDE_OIDC_GROUP_ROLES: {told.strip()!r} is not group=role with {', '.join(Role)}")
        roles[group] = Role(role)
    return roles


def sign_in(warehouse: Warehouse, settings: Settings, client: Client, asked: Asked, code: str) -> SignedIn:
    """Return a session of the person whom the provider has signed in; what comes of it is audited.

    Raises:
        ProviderError: The provider's answer does not hold.
        RefusedError: The person has no role here, or may not come in.
    """
    try:
        claims = identity_provider.claims_for(client, asked, code)
    except ProviderError as error:
        _tell_refusal(warehouse, UNKNOWN, str(error))
        raise
    role = _role_of(claims, settings)
    name = str(_claim(claims, settings.oidc_account_claim) or "").strip().lower()
    with warehouse.transaction() as connection:
        admitted = connection.execute(
            "select account, refusal from platform.admit_from_provider(%s, %s, %s, %s)",
            (client.issuer, str(claims["sub"]), name, role),
        ).fetchone()
        assert admitted is not None
        if admitted["refusal"] is None:
            return begin_session(connection, admitted["account"], client=f"dashboard, {settings.oidc_title}")
    why = _WHY[admitted["refusal"]].format(name=admitted["account"] or name, provider=settings.oidc_title)
    _tell_refusal(warehouse, admitted["account"] or UNKNOWN, admitted["refusal"])
    raise RefusedError(why)


def _role_of(claims: Mapping[str, Any], settings: Settings) -> Role | None:
    """Return the highest role of the person's groups."""
    found, roles = _claim(claims, settings.oidc_groups_claim), roles_of_groups(settings)
    groups = [found] if isinstance(found, str) else found if isinstance(found, list) else []
    return max((roles[one] for one in groups if one in roles), key=_RANK.__getitem__, default=None)


def _claim(claims: Mapping[str, Any], name: str) -> Any:  # Any: whatever JSON can hold
    """Return a claim by its name, or by the way into it: some providers have dots in names, some put claims inside."""
    if name in claims:
        return claims[name]
    found: Any = claims
    for step in name.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def _tell_refusal(warehouse: Warehouse, actor: str, reason: str) -> None:
    with warehouse.transaction() as connection:
        audit.record(connection, "sign_in_refused", actor=actor, client="dashboard, provider", reason=reason)
