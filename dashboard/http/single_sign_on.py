"""The way to an identity provider and back."""

import hmac
import json
from dataclasses import asdict

from tornado.web import HTTPError

from dashboard import auth
from dashboard.http.base import in_thread
from dashboard.http.signing_in import PROVIDER, Form, local
from flows.adapters import identity_provider
from flows.adapters.identity_provider import Asked, Client, ProviderError
from flows.core.errors import RefusedError
from flows.services import single_sign_on

BACK = f"{PROVIDER}/back"
_COOKIE = "quayside-provider"
_DAYS = 10 / 24 / 60
"""How long a sign-in may be under way: ten minutes."""


class _Provider(Form):
    """Answers where a provider is configured."""

    async def prepare(self) -> None:
        """Say so where there is none.

        Raises:
            HTTPError: There is none.
        """
        await super().prepare()
        if not single_sign_on.is_configured(self.parts.settings):
            raise HTTPError(404, reason="no identity provider is configured here")

    def client(self) -> Client:
        """Return what the provider knows us by; people come back by the address that they came with."""
        settings = self.parts.settings
        known = auth.origins(settings)
        host = self.request.host if self.request.host in known else known[0]
        scheme = "https" if settings.dashboard_is_secure else "http"
        return single_sign_on.client_of(settings, f"{scheme}://{host}{BACK}")


class Away(_Provider):
    """Leads to the provider."""

    async def get(self) -> None:
        """Remember in this browser alone what the answer must fit."""
        asked = identity_provider.ask()
        try:
            address = await in_thread(identity_provider.address_of, self.client(), asked)
        except ProviderError as error:
            self.show(str(error), 502)
            return
        told = json.dumps(asdict(asked) | {"next": local(self.get_argument("next", ""))})
        self.set_signed_cookie(
            _COOKIE,
            told,
            expires_days=_DAYS,
            httponly=True,
            samesite="Lax",
            secure=self.parts.settings.dashboard_is_secure,
            path=PROVIDER,
        )
        self.set_header("Cache-Control", "no-store")
        self.redirect(address)


class Back(_Provider):
    """Where the provider sends people to."""

    async def get(self) -> None:
        """Begin a session, if this browser asked for it and the provider's word holds."""
        told = self.get_signed_cookie(_COOKIE, max_age_days=_DAYS)
        self.clear_cookie(_COOKIE, path=PROVIDER)
        remembered = json.loads(told) if told else {}
        state = remembered.get("state", "")
        if not state or not hmac.compare_digest(state.encode(), self.get_query_argument("state", "").encode()):
            self.show("this sign-in was not begun in this browser, or too long ago: begin again", 400)
            return
        if refused := self.get_query_argument("error", ""):
            self.show(f"{self.parts.settings.oidc_title} did not sign you in ({refused[:80]})", 401)
            return
        next_path = remembered.pop("next")
        await self._sign_in(Asked(**remembered), next_path)

    async def _sign_in(self, asked: Asked, next_path: str) -> None:
        parts, code = self.parts, self.get_query_argument("code", "")
        try:
            actor = await in_thread(single_sign_on.sign_in, parts.warehouse, parts.settings, self.client(), asked, code)
        except RefusedError as error:
            self.show(str(error), 403)
            return
        except ProviderError as error:
            self.show(str(error), 502)
            return
        auth.remember(self, actor, parts.settings)
        self.redirect(local(next_path), status=303)


ROUTES = ((PROVIDER, Away), (BACK, Back))
