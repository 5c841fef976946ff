"""A small OpenID provider for tests: discovery, keys, authorization and token endpoint on a real HTTP server."""

import json
import ssl
import threading
import time
from base64 import b64encode
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import uuid4

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.jwk import RSAKey

from tests.receiving import LOOPBACK, speak_tls

CLIENT_ID = "quayside"
CLIENT_SECRET = "a secret that the provider knows"
_BASIC = "Basic " + b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()


def _key() -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": uuid4().hex, "use": "sig"})


@dataclass(slots=True)
class Person:
    """Who signs in next, and what is wrong with the token about them."""

    subject: str = "u-1"
    name: str = "Ines"
    groups: tuple[str, ...] = ("analysts",)
    wrong: dict[str, Any] = field(default_factory=dict)
    is_forged: bool = False


class Provider:
    """Signs everyone in at once, as the person that the test has set.

    Attributes:
        person: Who signs in next.
        url: The issuer.
    """

    def __init__(self, host: str = LOOPBACK, tls: ssl.SSLContext | None = None) -> None:
        self.person = Person()
        self._key, self._other_key = _key(), _key()
        self._codes: dict[str, dict[str, str]] = {}
        self._server = ThreadingHTTPServer((host, 0), self._handler())
        speak_tls(self._server, tls)
        self.url = f"{'https' if tls else 'http'}://{host}:{self._server.server_port}/realm"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End it."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)

    def answer(self, path: str) -> dict[str, Any] | None:
        """Return what a GET tells."""
        if path == "/realm/.well-known/openid-configuration":
            return {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/keys",
                "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            }
        return {"keys": [self._key.as_dict(private=False)]} if path == "/realm/keys" else None

    def authorize(self, query: dict[str, str]) -> str:
        """Sign the person in and return where they are sent to."""
        assert query["response_type"] == "code"
        assert query["client_id"] == CLIENT_ID
        assert query["code_challenge_method"] == "S256"
        code = uuid4().hex
        self._codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def exchange(self, form: dict[str, str], authorization: str) -> dict[str, Any] | None:
        """Return the tokens of a code, which is good once."""
        query = self._codes.pop(form["code"], None)
        if (
            query is None
            or authorization != _BASIC
            or form["redirect_uri"] != query["redirect_uri"]
            or create_s256_code_challenge(form["code_verifier"]) != query["code_challenge"]
        ):
            return None
        now, person = int(time.time()), self.person
        claims: dict[str, Any] = {
            "iss": self.url,
            "sub": person.subject,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 300,
            "nonce": query["nonce"],
            "preferred_username": person.name,
            "groups": list(person.groups),
        }
        header = {"alg": "RS256", "kid": self._key.kid}
        key = self._other_key if person.is_forged else self._key
        token = jwt.encode(header, claims | person.wrong, key)
        return {"access_token": uuid4().hex, "token_type": "Bearer", "expires_in": 300, "id_token": token}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

            def do_GET(self) -> None:
                told = urlsplit(self.path)
                if told.path == "/realm/authorize":
                    query = {name: values[0] for name, values in parse_qs(told.query).items()}
                    self.send_response(302)
                    self.send_header("Location", provider.authorize(query))
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                else:
                    self._tell(provider.answer(told.path), 404)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                form = {name: values[0] for name, values in parse_qs(body).items()}
                self._tell(provider.exchange(form, self.headers.get("Authorization", "")), 400)

            def _tell(self, told: dict[str, Any] | None, refusal: int) -> None:
                content = json.dumps(told or {"error": "invalid_grant"}).encode()
                self.send_response(200 if told else refusal)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

        return Handler
