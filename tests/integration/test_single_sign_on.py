"""People sign in with an identity provider, get the role of their groups, and nothing else lets them in."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import urllib3
from pydantic import SecretStr

from flows.adapters import identity_provider
from flows.adapters.identity_provider import Asked, Client, ProviderError
from flows.core.errors import MistakeError, RefusedError
from flows.services import accounts, single_sign_on
from flows.services.accounts import Role, SignedIn
from flows.settings import Settings
from infra.roles import DASHBOARD
from tests.conftest import Place
from tests.openid import CLIENT_ID, CLIENT_SECRET, Person, Provider

REDIRECT = "http://127.0.0.1:8050/sign-in/provider/back"


@pytest.fixture
def provider() -> Iterator[Provider]:
    """A provider on this machine."""
    started = Provider()
    yield started
    started.stop()


class Door:
    """Signs people in under the database role of the dashboard."""

    def __init__(self, place: Place, provider: Provider) -> None:
        self.place = place
        self.provider = provider
        self.settings = place.parts.settings.model_copy(
            update={
                "oidc_issuer": provider.url,
                "oidc_client_id": CLIENT_ID,
                "oidc_client_secret": SecretStr(CLIENT_SECRET),
                "oidc_title": "Harbour ID",
                "oidc_group_roles": "analysts=viewer; cn=data,ou=teams=steward; bosses=admin",
            }
        )

    def begin(self) -> tuple[Client, Asked, str]:
        """Go to the provider; return what comes back."""
        client, asked = single_sign_on.client_of(self.settings, REDIRECT), identity_provider.ask()
        answer = urllib3.request("GET", identity_provider.address_of(client, asked), redirect=False)
        came = parse_qs(urlsplit(answer.headers["Location"]).query)
        assert came["state"] == [asked.state]
        return client, asked, came["code"][0]

    def sign_in(self, **person: Any) -> SignedIn:
        """Sign one person in."""
        self.provider.person = Person(**person)
        return single_sign_on.sign_in(self.place.parts.warehouse, self.settings, *self.begin())


@pytest.fixture
def door(under: Callable[[str], Place], provider: Provider) -> Door:
    """The way in, with the rights of the dashboard."""
    return Door(under(DASHBOARD), provider)


def _accounts(door: Door) -> list[tuple[str, str, str | None]]:
    rows = door.place.rows("select account, role, password_hash from platform.account order by account")
    return [(row["account"], row["role"], row["password_hash"]) for row in rows]


def test_the_first_sign_in_makes_an_account_and_each_one_gives_it_the_role_of_the_groups(door: Door) -> None:
    first = door.sign_in()
    assert accounts.role_of(door.place.parts.warehouse, first) is Role.VIEWER

    again = door.sign_in(name="Ines Married", groups=("analysts", "cn=data,ou=teams", "unknown"))

    assert again.account == first.account
    assert _accounts(door) == [("ines", "steward", None)]
    assert accounts.role_of(door.place.parts.warehouse, first) is Role.STEWARD
    told = door.place.rows("select details from platform.audit_event where event = 'account_changed' order by event_id")
    assert [row["details"].get("role") for row in told] == ["viewer", "steward"]
    assert told[1]["details"]["role_before"] == "viewer"
    assert door.place.one("select count(*) from platform.audit_event where event = 'sign_in'") == 2


def test_a_group_inside_of_another_claim_counts(door: Door) -> None:
    door.settings = door.settings.model_copy(update={"oidc_groups_claim": "realm_access.roles"})

    actor = door.sign_in(groups=(), wrong={"realm_access": {"roles": ["bosses"]}})

    assert accounts.role_of(door.place.parts.warehouse, actor) is Role.ADMIN


WRONG: dict[str, dict[str, Any]] = {
    "nonce": {"wrong": {"nonce": "another one"}},
    "no nonce": {"wrong": {"nonce": ""}},
    "audience": {"wrong": {"aud": "another client"}},
    "audience beside another": {"wrong": {"aud": [CLIENT_ID, "another client"]}},
    "issuer": {"wrong": {"iss": "http://127.0.0.1:1/realm"}},
    "expired": {"wrong": {"exp": 1_000_000_000}},
    "signature": {"is_forged": True},
}


@pytest.mark.parametrize("what", WRONG)
def test_a_token_that_does_not_hold_signs_nobody_in(door: Door, what: str) -> None:
    with pytest.raises(ProviderError, match="does not hold"):
        door.sign_in(**WRONG[what])

    assert _accounts(door) == []
    assert door.place.one("select count(*) from platform.session") == 0
    assert door.place.one("select count(*) from platform.audit_event where event = 'sign_in_refused'") == 1


def test_a_code_is_good_once_and_for_who_asked(door: Door) -> None:
    client, asked, code = door.begin()
    warehouse = door.place.parts.warehouse
    with pytest.raises(ProviderError, match="invalid_grant"):
        single_sign_on.sign_in(warehouse, door.settings, client, identity_provider.ask(), code)
    client, asked, code = door.begin()
    single_sign_on.sign_in(warehouse, door.settings, client, asked, code)

    with pytest.raises(ProviderError, match="invalid_grant"):
        single_sign_on.sign_in(warehouse, door.settings, client, asked, code)


def test_who_has_no_group_with_a_role_is_told_so_and_signed_out(door: Door) -> None:
    actor = door.sign_in()

    with pytest.raises(RefusedError, match="none of your groups at Harbour ID"):
        door.sign_in(groups=("others",))
    with pytest.raises(RefusedError, match="none of your groups"):
        door.sign_in(subject="u-2", name="Otto", groups=())

    assert accounts.role_of(door.place.parts.warehouse, actor) is None
    assert [name for name, *_ in _accounts(door)] == ["ines"]


def test_a_name_that_is_taken_is_never_handed_over(place: Place, door: Door) -> None:
    place.sign_in("steward", "otto")
    door.sign_in(name="ines")

    with pytest.raises(RefusedError, match="otto is the account of someone else"):
        door.sign_in(subject="u-2", name="Otto", groups=("bosses",))
    with pytest.raises(RefusedError, match="someone else"):
        door.sign_in(subject="u-3", name="Ines")
    with pytest.raises(RefusedError, match="calls you 'in es'"):
        door.sign_in(subject="u-4", name="In es")

    assert place.one("select role from platform.account where account = 'otto'") == "steward"


def test_an_account_of_a_provider_has_no_password_and_its_role_is_the_providers(place: Place, door: Door) -> None:
    admin, ines = place.sign_in("admin"), door.sign_in()
    warehouse = place.parts.warehouse

    for attempt in ("", "a password of ines"):
        with pytest.raises(RefusedError, match="is wrong"):
            accounts.sign_in(warehouse, "ines", attempt)
    with pytest.raises(MistakeError, match="no password"):
        accounts.set_password(warehouse, admin, "ines", "a password of ines")
    with pytest.raises(MistakeError, match="no password"):
        accounts.change_own_password(warehouse, ines, "", "a password of ines")
    with pytest.raises(MistakeError, match="follows the groups"):
        accounts.change_role(warehouse, admin, "ines", Role.ADMIN)


def test_a_closed_account_stays_closed(place: Place, door: Door) -> None:
    admin, _ = place.sign_in("admin"), door.sign_in()
    accounts.set_active(place.parts.warehouse, admin, "ines", False)

    with pytest.raises(RefusedError, match="closed"):
        door.sign_in(groups=("bosses",))

    assert place.rows("select role, is_active from platform.account where account = 'ines'") == [
        {"role": "viewer", "is_active": False}
    ]


def test_the_last_admin_is_not_made_less_in_silence(door: Door) -> None:
    door.sign_in(groups=("bosses",))

    with pytest.raises(RefusedError, match="last admin"):
        door.sign_in(groups=("analysts",))


def test_a_provider_that_is_away_is_said_so(door: Door, provider: Provider) -> None:
    door.settings = door.settings.model_copy(update={"oidc_issuer": "http://127.0.0.1:9/realm"})

    with pytest.raises(ProviderError, match="can't be reached"):
        door.begin()


@pytest.mark.parametrize(
    ("update", "match"),
    [
        ({"oidc_issuer": "http://provider.example/realm"}, "https://"),
        ({"oidc_client_id": ""}, "CLIENT_ID"),
        ({"oidc_scopes": "profile"}, "openid"),
        ({"oidc_group_roles": ""}, "at least one group"),
        ({"oidc_group_roles": "bosses=owner"}, "'bosses=owner'"),
    ],
)
def test_a_configuration_that_can_not_work_is_refused_at_the_start(
    door: Door, update: dict[str, Any], match: str
) -> None:
    single_sign_on.check(door.settings)
    changed: Settings = door.settings.model_copy(update=update)

    with pytest.raises(MistakeError, match=match):
        single_sign_on.check(changed)
