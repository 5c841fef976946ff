"""Who visits: a signed cookie carries the session of the accounts, and is checked in the database each time."""

from dataclasses import dataclass

from bokeh.server.auth_provider import AuthProvider
from tornado.web import RequestHandler

from flows.core.errors import MistakeError
from flows.resources import Resources
from flows.services import accounts
from flows.services.accounts import Role, SignedIn
from flows.settings import Settings

COOKIE = "quayside"
SIGN_IN = "/sign-in"
MIN_SECRET_CHARACTERS = 32
_SEPARATOR = " "


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """A person whose session is good, and their role at this moment."""

    actor: SignedIn
    role: Role


class AccountAuth(AuthProvider):
    """Lets Bokeh's pages and websockets in by our cookie alone."""

    def __init__(self, parts: Resources) -> None:
        self._parts = parts
        super().__init__()

    @property
    def get_user(self):  # type: ignore[no-untyped-def]  # Bokeh's own signature is wrong: it passes the handler
        """Return a function that finds the person behind a request, and leaves them on it for the session."""

        def user_of(handler: RequestHandler) -> str | None:
            visitor = visitor_of(handler, self._parts)
            handler.request.visitor = visitor  # type: ignore[attr-defined]
            return visitor.actor.account if visitor else None

        return user_of

    @property
    def login_url(self) -> str:
        """Return where people without a session are sent."""
        return SIGN_IN


def visitor_of(handler: RequestHandler, parts: Resources) -> Visitor | None:
    """Return who sent a request; None where the cookie is absent, forged or of a session that has ended."""
    told = handler.get_signed_cookie(COOKIE, max_age_days=1)
    if not told:
        return None
    account, _, token = told.decode().partition(_SEPARATOR)
    actor = SignedIn(account=account, token=token)
    role = accounts.role_of(parts.warehouse, actor)
    return Visitor(actor=actor, role=role) if role else None


def remember(handler: RequestHandler, actor: SignedIn, settings: Settings) -> None:
    """Give a browser the cookie of a session; scripts can't read it, and other sites can't send it."""
    handler.set_signed_cookie(
        COOKIE,
        f"{actor.account}{_SEPARATOR}{actor.token}",
        expires_days=None,
        httponly=True,
        samesite="Lax",
        secure=settings.dashboard_is_secure,
        path="/",
    )


def origins(settings: Settings) -> tuple[str, ...]:
    """Return host and port by which browsers may reach the dashboard."""
    told = tuple(one.strip() for one in settings.dashboard_origins.split(",") if one.strip())
    port = settings.dashboard_port
    return told or (f"127.0.0.1:{port}", f"localhost:{port}")


def secret_of(settings: Settings) -> bytes:
    """Return what signs cookies and sessions.

    Raises:
        MistakeError: It is missing or too short.
    """
    secret = settings.dashboard_secret.get_secret_value()
    if len(secret) < MIN_SECRET_CHARACTERS:
        raise MistakeError(
            f"QUAYSIDE_DASHBOARD_SECRET must have at least {MIN_SECRET_CHARACTERS} characters; without it anyone "
            "could forge a session"
        )
    return secret.encode()
