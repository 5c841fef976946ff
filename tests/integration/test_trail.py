"""The audit trail as people read it: filters, pages, a text that is searched for in stretches, a check on request."""

from uuid import UUID

import pytest

from flows.core.errors import RefusedError
from flows.services import accounts, trail, verifying
from flows.services.trail import Wanted
from tests.conftest import Place
from tests.integration.test_repairs import GOOD, HEADER


def names(place: Place, wanted: Wanted, limit: int = 50) -> list[str]:
    return [event["event"] for event in trail.events(place.parts.warehouse, wanted, limit=limit).events]


def test_the_trail_is_filtered_by_run_person_event_and_text(place: Place) -> None:
    loaded = place.drop(HEADER + GOOD)
    place.sign_in("steward")

    assert names(place, Wanted(run_id=loaded.run_id))[0] == "stage_ended"
    assert set(names(place, Wanted(actor="steward"))) == {"sign_in"}
    assert names(place, Wanted(event="run_started")) == ["run_started"]
    assert names(place, Wanted(text="STEWARD", event="account_changed")) == ["account_changed"]
    assert names(place, Wanted(text="100%_")) == []


def test_pages_follow_each_other_without_gap_or_repetition(place: Place) -> None:
    place.drop(HEADER + GOOD)
    everything = [event["event_id"] for event in trail.events(place.parts.warehouse, Wanted(), limit=1000).events]

    paged: list[int] = []
    before: int | None = None
    while True:
        page = trail.events(place.parts.warehouse, Wanted(), before, limit=4)
        paged += [event["event_id"] for event in page.events]
        before = page.before
        if before is None:
            break

    assert paged == everything == sorted(everything, reverse=True)


def test_a_text_is_found_beyond_the_first_stretch(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.sign_in("steward")
    place.drop(HEADER + GOOD)
    monkeypatch.setattr(trail, "STRETCH", 3)

    found = trail.events(place.parts.warehouse, Wanted(text="role"))
    monkeypatch.setattr(trail, "PATIENCE_S", 0)
    impatient = trail.events(place.parts.warehouse, Wanted(text="role"))

    assert {event["event"] for event in found.events} == {"account_changed"}
    assert found.searched_to is None
    assert impatient.searched == 3
    assert impatient.searched_to is not None
    assert trail.events(place.parts.warehouse, Wanted(text="role"), impatient.before).searched == 3


def test_the_trail_tells_which_events_and_people_it_knows(place: Place) -> None:
    place.sign_in("steward")

    events, people = trail.choices(place.parts.warehouse)

    assert events == ["account_changed", "sign_in"]
    assert people == ["admin", "steward", "system"]


def test_a_check_of_the_trail_is_kept_with_what_it_found(place: Place) -> None:
    assert verifying.last_verification(place.parts.warehouse) is None
    viewer = place.sign_in("viewer")

    proof = verifying.verify(place.parts.warehouse, place.parts.store, viewer)

    kept = verifying.last_verification(place.parts.warehouse)
    assert kept is not None
    assert (kept["actor"], kept["counts"]["events"], kept["counts"]["problems"]) == ("viewer", proof.events, 0)


def test_nobody_checks_the_trail_without_signing_in(place: Place) -> None:
    gone = place.sign_in("viewer")
    accounts.sign_out(place.parts.warehouse, gone)

    with pytest.raises(RefusedError):
        verifying.verify(place.parts.warehouse, place.parts.store, gone)
    assert names(place, Wanted(event="refused")) == ["refused"]


def test_a_run_that_does_not_exist_has_no_events(place: Place) -> None:
    assert names(place, Wanted(run_id=UUID(int=0))) == []
