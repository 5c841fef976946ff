"""A replay in the name of who asks for it: editors may, and the trail says who, of which run, with what result."""

from typing import Any
from uuid import uuid4

import pytest

from dashboard.address import Address
from dashboard.auth import Visitor
from dashboard.browser import Browser
from dashboard.jobs import JOBS
from dashboard.pages.runs.acts import Acts
from dashboard.store import runs
from dashboard.visit import Visit
from flows.core.errors import MistakeError, RefusedError
from flows.services import comparing
from flows.services.accounts import Role, SignedIn, sign_out
from tests.conftest import Place
from tests.integration.test_repairs import GOOD, HEADER


def replay(place: Place, actor: SignedIn, run_id: Any) -> Any:  # Any: of a row; of a service
    parts = place.parts
    return comparing.replay(parts.warehouse, parts.store, actor, parts.datasets, run_id, parts.settings.scratch_folder)


def events(place: Place, *names: str) -> list[dict[str, Any]]:
    return place.rows(
        "select event, actor, run_id, file_id, counts, details from platform.audit_event "
        "where event = any(%(names)s) order by event_id",
        names=list(names),
    )


def replays(place: Place) -> list[tuple[str, str, dict[str, int], str | None]]:
    return [
        (row["event"], row["actor"], row["counts"], row["details"].get("result"))
        for row in events(place, "replay_started", "replay_ended")
    ]


def test_a_replay_is_audited_with_who_asked_and_what_came_of_it(place: Place) -> None:
    loaded = place.drop(HEADER + GOOD)
    editor = place.sign_in("editor")

    assert replay(place, editor, loaded.run_id).is_identical
    with place.parts.warehouse.transaction() as connection:
        connection.execute("update platform.run_rule set tested = 9 where rule = 'region_present'")
    assert replay(place, editor, loaded.run_id).different == 1

    assert replays(place) == [
        ("replay_started", "editor", {}, None),
        ("replay_ended", "editor", {"rows_read": 1, "differences": 0}, "identical"),
        ("replay_started", "editor", {}, None),
        ("replay_ended", "editor", {"rows_read": 1, "differences": 1}, "different"),
    ]
    told = events(place, "replay_started", "replay_ended")
    assert {(row["run_id"], row["file_id"]) for row in told} == {(loaded.run_id, loaded.file_id)}


def test_a_viewer_and_who_has_left_replay_nothing(place: Place) -> None:
    loaded = place.drop(HEADER + GOOD)
    gone = place.sign_in("editor")
    sign_out(place.parts.warehouse, gone)

    with pytest.raises(RefusedError, match="viewer is viewer and may not replay runs: that needs the role editor"):
        replay(place, place.sign_in("viewer"), loaded.run_id)
    with pytest.raises(RefusedError, match="not signed in"):
        replay(place, gone, loaded.run_id)

    assert replays(place) == []
    assert [(row["actor"], row["details"]["act"]) for row in events(place, "refused")] == [
        ("viewer", "replay runs"),
        ("editor", "replay runs"),
    ]


def test_a_run_that_can_not_be_compared_is_not_begun(place: Place) -> None:
    with pytest.raises(MistakeError, match="published nothing"):
        replay(place, place.sign_in("editor"), uuid4())

    assert replays(place) == []


def test_a_replay_that_breaks_off_is_audited_with_its_trace(place: Place) -> None:
    loaded = place.drop(HEADER + GOOD)
    parts = place.parts
    asked = comparing.ask(parts.warehouse, place.sign_in("editor"), loaded.run_id)
    no_folder = place.folder / "a file"
    no_folder.write_text("")

    with pytest.raises(NotADirectoryError):
        comparing.compare(parts.warehouse, parts.store, parts.datasets, asked, no_folder)

    assert replays(place)[-1] == ("replay_ended", "editor", {}, "broken off")
    told = events(place, "replay_ended")[0]["details"]
    assert told["reason"].startswith("NotADirectoryError")
    assert "Traceback" in told["trace"]


def test_a_replay_that_was_started_in_prefect_is_the_systems(place: Place) -> None:
    loaded = place.drop(HEADER + GOOD)
    parts, flow_run_id = place.parts, uuid4()

    asked = comparing.ask_in_prefect(parts.warehouse, loaded.run_id, flow_run_id)
    comparing.compare(parts.warehouse, parts.store, parts.datasets, asked, parts.settings.scratch_folder)

    assert [(row["event"], row["actor"], row["details"]["flow_run"]) for row in events(place, "replay_started")] == [
        ("replay_started", "system", str(flow_run_id))
    ]
    assert replays(place)[-1] == ("replay_ended", "system", {"rows_read": 1, "differences": 0}, "identical")


def test_a_forged_click_of_a_viewer_begins_no_replay(place: Place) -> None:
    loaded = place.drop(HEADER + GOOD)
    visit = Visit(place.parts, Visitor(actor=place.sign_in("viewer"), role=Role.VIEWER), Browser())
    visit.opened(Address("runs", {"run": str(loaded.run_id)}))
    acts = Acts(visit)
    run = runs.found(place.parts.warehouse, str(loaded.run_id))
    assert run
    acts.show(run)

    acts._ask_replay()

    assert not acts._replay.visible
    assert JOBS.about(acts._about) is None
    assert [row["actor"] for row in events(place, "refused")] == ["viewer"]
