"""A file that failed or was rejected is tried again because a person says so, and says who."""

import pytest

from flows.core.errors import MistakeError, RefusedError
from flows.services import reviews
from flows.services.retries import retry
from tests.conftest import Place
from tests.integration.test_accounts import MOSTLY_BAD
from tests.integration.test_corrections import NAME, TELCO
from tests.integration.test_repairs import GOOD, HEADER


def test_a_rejected_file_is_tried_again_in_the_name_of_a_person(place: Place) -> None:
    rejected = place.drop("no,such,header\n1,2,3\n")
    assert rejected.outcome.state == "REJECTED"

    name = retry(place.parts.warehouse, place.sign_in("editor"), rejected.file_id, reason="the rules are others now")
    (again,) = place.load_all()

    assert (name, again.file_id, again.outcome.state) == ("orders.csv", rejected.file_id, "REJECTED")
    assert place.one("select count(*) from platform.run where file_id = %(f)s", f=rejected.file_id) == 2
    event = place.rows("select actor, details from platform.audit_event where event = 'file_retried'")[0]
    assert (event["actor"], event["details"]["was"]) == ("editor", "REJECTED")
    assert event["details"]["reason"] == "the rules are others now"


def test_a_file_that_a_steward_rejected_waits_for_a_review_again(place: Place) -> None:
    waiting = place.drop(MOSTLY_BAD, "bad.csv")
    reviews.reject(place.parts.warehouse, place.sign_in("steward"), waiting.run_id, reason="a mistake")

    retry(place.parts.warehouse, place.sign_in("editor"), waiting.file_id)

    assert [loaded.outcome.state for loaded in place.load_all()] == ["AWAITING_REVIEW"]


def test_what_is_loaded_or_unknown_is_not_tried_again(place: Place) -> None:
    loaded = place.drop(HEADER + GOOD)

    for file_id, told in ((loaded.file_id, "is COMPLETED"), (999, "there is no file 999")):
        with pytest.raises(MistakeError, match=told):
            retry(place.parts.warehouse, place.sign_in("editor"), file_id)


def test_a_viewer_has_nothing_tried_again(place: Place) -> None:
    rejected = place.drop("no,such,header\n1,2,3\n")

    with pytest.raises(RefusedError):
        retry(place.parts.warehouse, place.sign_in("viewer"), rejected.file_id)
    assert place.one("select state from platform.file") == "REJECTED"


def test_an_old_version_does_not_take_the_place_of_a_newer_one(place: Place) -> None:
    rejected = place.drop("no,such,header\n1,2,3\n", NAME, "telco_packages")
    place.drop(TELCO + "F,Small,10000,1\n", NAME, "telco_packages")

    with pytest.raises(MistakeError, match="newer version"):
        retry(place.parts.warehouse, place.sign_in("editor"), rejected.file_id)
