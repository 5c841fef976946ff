"""What was done to the audit trail is found: a changed event, a removed one, a cut tail, a chain written anew."""

from collections.abc import Sequence

import pytest

from flows.adapters import audit
from flows.services.proving import verify_audit
from tests.conftest import Place
from tests.integration.test_repairs import GOOD, HEADER


def tamper(place: Place, *statements: str) -> None:
    with place.parts.warehouse.transaction() as connection:
        for table in ("audit_event", "audit_link"):
            connection.execute(f"alter table platform.{table} disable trigger user".encode())
        for statement in statements:
            connection.execute(statement.encode())


CUT = (
    "delete from platform.audit_link where position > 5",
    "delete from platform.audit_event where event_id > (select max(event_id) from platform.audit_link)",
)
DEEDS: dict[str, tuple[Sequence[str], str]] = {
    "a changed actor": (["update platform.audit_event set actor = 'eve' where event_id = 3"], "changed or removed"),
    "a changed time": (
        ["update platform.audit_event set occurred_at = occurred_at + interval '1 us' where event_id = 3"],
        "changed or removed",
    ),
    "a removed event": (
        ["alter table platform.audit_link drop constraint audit_link_event_id_fkey",
         "delete from platform.audit_event where event_id = 3"],
        "changed or removed",
    ),
    "a removed event with its link": (
        ["delete from platform.audit_link where event_id = 3", "delete from platform.audit_event where event_id = 3"],
        "a link is missing",
    ),
    "a cut tail": (CUT, "the tail was cut"),
}  # fmt: skip


def test_a_whole_trail_has_no_problem(place: Place) -> None:
    place.drop(HEADER + GOOD)
    audit.publish_head(place.parts.warehouse, place.parts.store)

    proof = verify_audit(place.parts.warehouse, place.parts.store)

    assert proof.problems == ()
    assert proof.events == proof.chained > 10


@pytest.mark.parametrize("deed", DEEDS)
def test_what_was_done_to_the_trail_is_found(place: Place, deed: str) -> None:
    place.drop(HEADER + GOOD)
    audit.publish_head(place.parts.warehouse, place.parts.store)
    statements, found = DEEDS[deed]

    tamper(place, *statements)

    assert any(found in problem for problem in verify_audit(place.parts.warehouse, place.parts.store).problems)


def test_a_removed_event_is_one_broken_place(place: Place) -> None:
    place.drop(HEADER + GOOD)
    audit.publish_head(place.parts.warehouse, place.parts.store)
    statements, _ = DEEDS["a removed event with its link"]

    tamper(place, *statements)

    found = place.rows("select * from platform.verify_audit()")
    assert [(row["problem"], row["at_position"]) for row in found] == [("a link is missing before this one", 4)]


def test_a_tail_that_was_cut_and_written_anew_is_found(place: Place) -> None:
    place.drop(HEADER + GOOD)
    audit.publish_head(place.parts.warehouse, place.parts.store)
    tamper(place, *CUT)
    place.drop(HEADER + GOOD.replace("A1", "A2"), "other.csv")
    audit.publish_head(place.parts.warehouse, place.parts.store)

    assert "written anew" in str(verify_audit(place.parts.warehouse, place.parts.store).problems)
