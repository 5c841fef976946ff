"""People sign in, may do what their role allows, and every refusal is on record."""

import time
from collections.abc import Callable

import pytest
from psycopg.errors import InsufficientPrivilege

from flows.core.errors import MistakeError, RefusedError
from flows.services import accounts, landing, reviews
from flows.services.accounts import Role, SignedIn
from infra.roles import DASHBOARD
from tests.conftest import Place
from tests.integration.test_repairs import HEADER

PASSWORD = "a password of vera"


def test_the_first_admin_is_made_once(place: Place) -> None:
    first = accounts.make_first_admin(place.parts.warehouse)

    assert first is not None
    assert accounts.make_first_admin(place.parts.warehouse) is None
    assert accounts.sign_in(place.parts.warehouse, "Admin", first).account == "admin"


def test_no_password_is_stored_or_told(place: Place) -> None:
    place.sign_in("viewer", "vera")

    hashes = place.rows("select password_hash from platform.account")
    assert all(row["password_hash"].startswith("$argon2id$") for row in hashes)
    told = str(place.rows("select details::text from platform.audit_event"))
    assert PASSWORD not in told
    assert "argon2" not in told
    assert "token" not in repr(place.sign_in("viewer", "vera"))


def test_wrong_passwords_make_a_name_wait_longer_and_longer(place: Place) -> None:
    place.sign_in("viewer", "vera")
    warehouse = place.parts.warehouse

    for _ in range(accounts.FREE_FAILURES + 1):
        with pytest.raises(RefusedError, match="is wrong"):
            accounts.sign_in(warehouse, "vera", "guess")
    with pytest.raises(RefusedError, match="wait 2 s"):
        accounts.sign_in(warehouse, "vera", PASSWORD)
    time.sleep(2.1)  # the wait itself is what is tried here

    assert accounts.sign_in(warehouse, "vera", PASSWORD).account == "vera"
    assert place.one("select count(*) from platform.audit_event where event = 'sign_in_refused'") == 6
    assert place.one("select count(*) from platform.sign_in_throttle") == 0


def test_an_unknown_name_gets_the_same_answer_as_a_wrong_password(place: Place) -> None:
    place.sign_in("viewer", "vera")
    answers = []
    for name in ("vera", "nobody"):
        with pytest.raises(RefusedError) as told:
            accounts.sign_in(place.parts.warehouse, name, "guess")
        answers.append(str(told.value))

    assert answers[0] == answers[1]


def test_only_an_admin_changes_accounts(place: Place) -> None:
    warehouse = place.parts.warehouse
    steward = place.sign_in("steward")

    for act in (
        lambda: accounts.create(warehouse, steward, "eve", Role.ADMIN, PASSWORD),
        lambda: accounts.change_role(warehouse, steward, "steward", Role.ADMIN),
        lambda: accounts.set_active(warehouse, steward, "admin", False),
        lambda: accounts.set_password(warehouse, steward, "admin", PASSWORD),
        lambda: accounts.accounts(warehouse, steward),
    ):
        with pytest.raises(RefusedError, match="needs the role admin"):
            act()

    assert place.one("select count(*) from platform.audit_event where event = 'refused'") == 5


def test_a_changed_role_holds_at_once_and_a_closed_account_is_out(place: Place) -> None:
    warehouse, vera = place.parts.warehouse, place.sign_in("editor", "vera")
    admin = place.sign_in("admin")

    accounts.change_role(warehouse, admin, "vera", Role.VIEWER)
    assert accounts.role_of(warehouse, vera) is Role.VIEWER
    accounts.set_active(warehouse, admin, "vera", False)

    assert accounts.role_of(warehouse, vera) is None
    with pytest.raises(RefusedError):
        accounts.sign_in(warehouse, "vera", PASSWORD)


def test_the_last_admin_stays(place: Place) -> None:
    warehouse, admin = place.parts.warehouse, place.sign_in("admin")

    with pytest.raises(MistakeError, match="last admin"):
        accounts.change_role(warehouse, admin, "admin", Role.VIEWER)
    with pytest.raises(MistakeError, match="last admin"):
        accounts.set_active(warehouse, admin, "admin", False)


def test_a_new_password_ends_the_other_sessions(place: Place) -> None:
    warehouse, vera = place.parts.warehouse, place.sign_in("viewer", "vera")
    other = accounts.sign_in(warehouse, "vera", PASSWORD)

    accounts.set_password(warehouse, vera, "vera", "another password")

    assert accounts.role_of(warehouse, vera) is Role.VIEWER
    assert accounts.role_of(warehouse, other) is None


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaaaa", "veravera"])
def test_a_weak_password_is_refused(place: Place, password: str) -> None:
    with pytest.raises(MistakeError):
        accounts.create(place.parts.warehouse, place.sign_in("admin"), "vera", Role.VIEWER, password)


@pytest.mark.parametrize("name", ["", "Två", "a b", "-x", "x" * 65, "'; drop table platform.account; --"])
def test_a_name_that_can_be_none_is_refused(place: Place, name: str) -> None:
    with pytest.raises(MistakeError):
        accounts.create(place.parts.warehouse, place.sign_in("admin"), name, Role.VIEWER, PASSWORD)


def test_a_signed_out_session_is_over(place: Place) -> None:
    warehouse, vera = place.parts.warehouse, place.sign_in("viewer", "vera")

    accounts.sign_out(warehouse, vera)

    assert accounts.role_of(warehouse, vera) is None


def test_a_viewer_uploads_nothing(place: Place) -> None:
    parts, viewer = place.parts, place.sign_in("viewer")
    path = place.folder / "a.csv"
    path.write_text(HEADER)

    with pytest.raises(RefusedError, match="upload files"):
        landing.upload(parts.settings, parts.warehouse, parts.store, viewer, [(path, parts.datasets["sales_orders"])])


MOSTLY_BAD = (
    HEADER
    + "A1,2026-01-31,North,Milk 1L,1,5\n"
    + "".join(f"B{number},never,North,Milk 1L,1,5\n" for number in range(3))
)


def test_a_run_that_waits_goes_on_from_the_archive(place: Place) -> None:
    run = place.drop(MOSTLY_BAD, "bad.csv").run_id
    parts, steward = place.parts, place.sign_in("steward")
    assert [row["run_id"] for row in reviews.waiting(parts.warehouse)] == [run]
    why = reviews.why(parts.warehouse, run)
    assert why["rules"][0]["failed"] == 3
    assert len(why["sample"]) == 3
    place.put_by_hand(place.one("select object_key from platform.file"), b"overwritten")

    reviews.let_go_on(parts.warehouse, steward, run, reason="the shop was closed")
    place.load_all()

    assert place.one("select count(*) from sales_orders.orders") == 1
    states = place.rows("select state, reason from platform.run order by started_at limit 2")
    assert [row["state"] for row in states] == ["REJECTED", "COMPLETED"]
    assert "let go on by steward: the shop was closed" in states[0]["reason"]
    assert place.rows("select decision, made_by from platform.review_decision") == [
        {"decision": "GO_ON", "made_by": "steward"}
    ]
    with pytest.raises(MistakeError, match="does not wait"):
        reviews.let_go_on(parts.warehouse, steward, run, reason="again")


def test_a_run_that_waits_is_rejected(place: Place) -> None:
    run = place.drop(MOSTLY_BAD, "bad.csv").run_id
    warehouse = place.parts.warehouse

    with pytest.raises(RefusedError):
        reviews.reject(warehouse, place.sign_in("editor"), run, reason="no")
    reviews.reject(warehouse, place.sign_in("steward"), run, reason="a test file")

    assert reviews.waiting(warehouse) == []
    assert place.rows("select state, reason from platform.file") == [
        {"state": "REJECTED", "reason": "rejected by steward: a test file"}
    ]
    assert place.drop(MOSTLY_BAD, "bad.csv").outcome.state == "AWAITING_REVIEW"


def test_a_session_of_another_account_is_no_ones(place: Place) -> None:
    vera = place.sign_in("viewer", "vera")
    place.sign_in("steward", "stella")

    assert accounts.role_of(place.parts.warehouse, SignedIn(account="stella", token=vera.token)) is None


def test_a_password_that_is_good_once_opens_nothing_until_another_one_is_chosen(place: Place) -> None:
    admin, warehouse = place.sign_in("admin"), place.parts.warehouse
    told = accounts.one_time_password()
    accounts.create(warehouse, admin, "vera", Role.VIEWER, told, is_one_time=True)

    with pytest.raises(RefusedError, match="good once"):
        accounts.sign_in(warehouse, "vera", told)
    with pytest.raises(MistakeError, match="nobody has told you"):
        accounts.sign_in(warehouse, "vera", told, new_password=told)
    with pytest.raises(MistakeError, match="characters"):
        accounts.sign_in(warehouse, "vera", told, new_password="short")
    assert place.one("select count(*) from platform.session where account = 'vera'") == 0

    accounts.sign_in(warehouse, "vera", told, new_password=PASSWORD)

    assert accounts.sign_in(warehouse, "vera", PASSWORD).account == "vera"
    with pytest.raises(RefusedError, match="is wrong"):
        accounts.sign_in(warehouse, "vera", told)


def test_people_change_their_own_password_only_if_they_know_it(place: Place) -> None:
    warehouse, vera = place.parts.warehouse, place.sign_in("viewer", "vera")

    with pytest.raises(MistakeError, match="present password"):
        accounts.change_own_password(warehouse, vera, "a guess", "another password")
    accounts.change_own_password(warehouse, vera, PASSWORD, "another password")

    assert accounts.sign_in(warehouse, "vera", "another password").account == "vera"


def test_an_admin_ends_the_sessions_of_an_account(place: Place) -> None:
    warehouse, admin, vera = place.parts.warehouse, place.sign_in("admin"), place.sign_in("viewer", "vera")
    with pytest.raises(RefusedError):
        accounts.end_sessions(warehouse, vera, "admin")

    assert accounts.end_sessions(warehouse, admin, "vera") == 1

    assert accounts.role_of(warehouse, vera) is None
    event = place.rows("select actor, counts, details from platform.audit_event where event = 'sessions_ended'")
    assert event == [{"actor": "admin", "counts": {"sessions": 1}, "details": {"account": "vera"}}]


def test_the_database_itself_asks_who_changes_accounts(place: Place, under: Callable[[str], Place]) -> None:
    steward, admin = place.sign_in("steward"), place.sign_in("admin")
    warehouse = under(DASHBOARD).parts.warehouse
    for token in (steward.token, "", accounts._hash(admin.token)):
        with pytest.raises(InsufficientPrivilege), warehouse.transaction() as connection:
            connection.execute("select platform.change_role(%s, 'steward', 'admin')", (token,))
        with pytest.raises(InsufficientPrivilege), warehouse.transaction() as connection:
            connection.execute("select platform.set_password(%s, 'admin', 'x', false)", (token,))

    accounts.create(warehouse, admin, "vera", Role.VIEWER, PASSWORD)
    accounts.change_role(warehouse, admin, "vera", Role.EDITOR)
    accounts.set_active(warehouse, admin, "vera", False)
    accounts.set_active(warehouse, admin, "vera", True)
    accounts.set_password(warehouse, admin, "vera", PASSWORD, is_one_time=True)
    vera = accounts.sign_in(warehouse, "vera", PASSWORD, new_password="another password")
    accounts.change_own_password(warehouse, vera, "another password", PASSWORD)

    (row,) = [one for one in accounts.accounts(warehouse, admin) if one["account"] == "vera"]
    assert (row["role"], row["is_active"], row["sessions"]) == ("editor", True, 1)
    told = place.rows(
        "select actor, event from platform.audit_event where details ->> 'account' = 'vera' order by event_id"
    )
    assert [one["actor"] for one in told] == ["admin"] * 5 + ["vera"] * 2
