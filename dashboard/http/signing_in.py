"""Signing in and out with an account of ours."""

from functools import cache
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import panel_material_ui
from tornado.web import StaticFileHandler

from dashboard import auth
from dashboard.http.base import QuaysideHandler, in_thread
from dashboard.pages import START
from flows.core.errors import MistakeError, RefusedError
from flows.services import accounts, single_sign_on
from flows.services.accounts import OneTimePasswordError

PROVIDER = "/sign-in/provider"
_TEMPLATES = Path(__file__).parent.parent / "assets"


class Form(QuaysideHandler):
    """Whatever answers with the form."""

    def get_template_path(self) -> str:
        """Return where the form lies."""
        return str(_TEMPLATES)

    def show(self, problem: str, status: int = 200, *, chooses: bool = False) -> None:
        """Show the form.

        Args:
            problem: What is wrong; empty where nothing is.
            chooses: Whether a password of one's own has to be chosen.
        """
        settings = self.parts.settings
        self.set_status(status)
        self.set_header("Cache-Control", "no-store")
        self.render(
            "sign_in.html",
            font=_font(),
            problem=problem,
            account=self.get_body_argument("account", ""),
            password=self.get_body_argument("password", "", strip=False) if chooses else "",
            chooses=chooses,
            has_ended=bool(self.get_query_argument("ended", "")),
            next=local(self.get_argument("next", "")),
            provider=settings.oidc_title if single_sign_on.is_configured(settings) else "",
            provider_url=f"{PROVIDER}?{urlencode({'next': local(self.get_argument('next', ''))})}",
        )

    def write_error(self, status_code: int, **_: object) -> None:
        """Tell why on the form itself."""
        self.show(self._reason, status_code)


@cache
def _font() -> str:
    """Return the address of the font of all pages; each version of its package names the file anew."""
    folder = Path(panel_material_ui.__file__).parent / "dist"
    (found,) = folder.glob("roboto-latin-400-normal-*.woff2")
    return f"/static/extensions/panel-material-ui/{found.name}"


class SignIn(Form):
    """The form, and what it sends."""

    async def get(self) -> None:
        """Show the form."""
        self.show("")

    async def post(self) -> None:
        """Begin a session and go where the person wanted to."""
        name = self.get_body_argument("account", "")
        password = self.get_body_argument("password", "", strip=False)
        new, again = (self.get_body_argument(field, "", strip=False) for field in ("new_password", "again"))
        if new != again:
            self.show("the two new passwords differ", 400, chooses=True)
            return
        warehouse = self.parts.warehouse
        try:
            actor = await in_thread(accounts.sign_in, warehouse, name, password, new_password=new, client="dashboard")
        except OneTimePasswordError:
            self.show("", 200, chooses=True)
            return
        except RefusedError as error:
            self.show(str(error), 401)
            return
        except MistakeError as error:
            self.show(str(error), 400, chooses=True)
            return
        auth.remember(self, actor, self.parts.settings)
        self.redirect(local(self.get_argument("next", "")), status=303)


class SignOut(QuaysideHandler):
    """Ends the session."""

    async def post(self) -> None:
        """End it here and in the database."""
        visitor = await in_thread(auth.visitor_of, self, self.parts)
        if visitor:
            await in_thread(accounts.sign_out, self.parts.warehouse, visitor.actor)
        self.clear_cookie(auth.COOKIE, path="/")
        self.redirect(auth.SIGN_IN, status=303)


class Start(QuaysideHandler):
    """The bare address."""

    async def get(self) -> None:
        """Open the first page."""
        self.redirect(f"/{START}")


def local(path: str) -> str:
    """Return a path on this server; the first page where it would lead away."""
    told = urlsplit(path)
    is_local = path.startswith("/") and not path.startswith(("//", "/\\")) and not told.netloc and not told.scheme
    return path if is_local and not path.startswith(auth.SIGN_IN) else f"/{START}"


class OpenAsset(StaticFileHandler):
    """What pages for strangers are drawn with; every other asset asks for a sign-in."""

    def initialize(self) -> None:  # type: ignore[override]  # the folder is ours
        """Know the folder."""
        super().initialize(str(_TEMPLATES))


ROUTES = (
    (r"/", Start),
    (auth.SIGN_IN, SignIn),
    (r"/sign-out", SignOut),
    (r"/assets/(quayside\.css|sign_in\.css|mode\.js)", OpenAsset),
)
