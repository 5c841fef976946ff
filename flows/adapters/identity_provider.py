"""Speaks OpenID Connect with an identity provider: authorization code flow with PKCE, state and nonce."""

import ipaddress
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
from authlib.common.security import generate_token
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from flows.core.errors import QuaysideError

TIMEOUT_S = 10
LEEWAY_S = 60
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519", "EdDSA")
"""Signatures with a key pair; with a shared secret anyone who knows it could sign anyone in."""
_METADATA = "/.well-known/openid-configuration"


class ProviderError(QuaysideError):
    """The identity provider is away, or what it says does not hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """What the provider knows this dashboard by.

    Attributes:
        issuer: Address of the provider, exactly as it names itself.
        redirect_uri: Where it sends people back to.
        scopes: With spaces.
    """

    issuer: str
    client_id: str
    client_secret: str
    redirect_uri: str
    scopes: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One sign-in under way; only the browser that began it may end it."""

    state: str
    nonce: str
    verifier: str


def ask() -> Asked:
    """Return fresh secrets for one sign-in."""
    return Asked(state=generate_token(48), nonce=generate_token(48), verifier=generate_token(64))


def address_of(client: Client, asked: Asked) -> str:
    """Return where the person signs in.

    Raises:
        ProviderError: The provider is away or not what it should be.
    """
    with _speaking() as http:
        endpoint = _metadata(http, client.issuer, "authorization_endpoint")["authorization_endpoint"]
    query = {
        "response_type": "code",
        "client_id": client.client_id,
        "redirect_uri": client.redirect_uri,
        "scope": client.scopes,
        "state": asked.state,
        "nonce": asked.nonce,
        "code_challenge": create_s256_code_challenge(asked.verifier),
        "code_challenge_method": "S256",
    }
    return f"{endpoint}{'&' if urlsplit(endpoint).query else '?'}{urlencode(query)}"


def claims_for(client: Client, asked: Asked, code: str) -> Mapping[str, Any]:
    """Return what the provider says of the person, once its signature, issuer, audience, time and nonce hold.

    Raises:
        ProviderError: It refuses the code, is away, or its token does not hold.
    """
    with _speaking() as http:
        metadata = _metadata(http, client.issuer, "token_endpoint", "jwks_uri")
        told = _told(http.post(metadata["token_endpoint"], **_exchange(client, asked, code, metadata)))
        keys = _told(http.get(metadata["jwks_uri"]))
    try:
        token = jwt.decode(
            str(told.get("id_token", "")), KeySet.import_key_set({"keys": keys["keys"]}), algorithms=list(ALGORITHMS)
        )
        claims = CodeIDToken(
            token.claims,
            token.header,
            {"iss": {"essential": True, "value": client.issuer}, "aud": {"essential": True, "value": client.client_id}},
            {"nonce": asked.nonce, "client_id": client.client_id, "access_token": told.get("access_token")},
        )
        claims.validate(leeway=LEEWAY_S)
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise ProviderError(f"the identity provider's answer does not hold ({error}); nobody was signed in") from error
    return dict(claims)


def check_address(url: str, what: str) -> str:
    """Return an address that is safe to speak with: HTTPS, or HTTP on this machine.

    Raises:
        ProviderError: It is another one.
    """
    told = urlsplit(url)
    if told.hostname and (told.scheme == "https" or (told.scheme == "http" and _is_loopback(told.hostname))):
        return url
    raise ProviderError(f"the {what} of the identity provider must begin with https://, and is {url!r}")


def _exchange(client: Client, asked: Asked, code: str, metadata: Mapping[str, Any]) -> dict[str, Any]:
    data = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": client.redirect_uri,
        "client_id": client.client_id,
        "code_verifier": asked.verifier,
    }
    if not client.client_secret:
        return {"data": data}
    methods = metadata.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    if "client_secret_basic" in methods:
        return {"data": data, "auth": (client.client_id, client.client_secret)}
    return {"data": data | {"client_secret": client.client_secret}}


def _metadata(http: httpx.Client, issuer: str, *endpoints: str) -> Mapping[str, Any]:
    check_address(issuer, "issuer")
    metadata = _told(http.get(issuer.rstrip("/") + _METADATA))
    if metadata.get("issuer") != issuer:
        raise ProviderError(f"the identity provider calls itself {metadata.get('issuer')!r}, not {issuer!r}")
    for endpoint in endpoints:
        check_address(str(metadata.get(endpoint, "")), endpoint)
    return metadata


def _told(answer: httpx.Response) -> dict[str, Any]:
    try:
        told = answer.json()
    except ValueError:
        told = None
    if answer.is_success and isinstance(told, dict):
        return told
    why = told.get("error", "") if isinstance(told, dict) else ""
    raise ProviderError(f"the identity provider refused ({answer.status_code} {why}); begin again".replace(" )", ")"))


@contextmanager
def _speaking() -> Iterator[httpx.Client]:
    try:
        with httpx.Client(timeout=TIMEOUT_S, headers={"Accept": "application/json"}) as http:
            yield http
    except httpx.HTTPError as error:
        raise ProviderError(
            f"the identity provider can't be reached ({type(error).__name__}); try again in a minute"
        ) from error


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
