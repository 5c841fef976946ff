"""Views are a person's own, and saving one is audited."""

import pytest

from flows.core.errors import MistakeError
from flows.services.saved_views import forget_view, save_view, saved_views
from tests.conftest import Place


def test_a_person_saves_replaces_and_forgets_views_of_their_own(place: Place) -> None:
    warehouse, ann, ben = place.parts.warehouse, place.sign_in("viewer", "ann"), place.sign_in("editor", "ben")
    assert save_view(warehouse, ann, "grid", "  North  only ", "region=North") == "North only"
    save_view(warehouse, ann, "grid", "North only", "region=North&sort=-ordered_on")
    save_view(warehouse, ben, "grid", "North only", "region=South")

    (mine,) = saved_views(warehouse, ann, "grid")
    assert mine["address"] == "region=North&sort=-ordered_on"
    assert saved_views(warehouse, ann, "sales") == []

    forget_view(warehouse, ann, "grid", "North only")
    assert saved_views(warehouse, ann, "grid") == []
    assert len(saved_views(warehouse, ben, "grid")) == 1
    events = place.rows("select event, actor from platform.audit_event where event like 'view%%' order by event_id")
    assert [(row["event"], row["actor"]) for row in events] == [
        ("view_saved", "ann"),
        ("view_saved", "ann"),
        ("view_saved", "ben"),
        ("view_forgotten", "ann"),
    ]


def test_what_can_not_be_a_view_is_refused(place: Place) -> None:
    ann = place.sign_in("viewer", "ann")
    for name, address in (("", "x"), ("y" * 61, "x"), ("z", "x" * 4001)):
        with pytest.raises(MistakeError):
            save_view(place.parts.warehouse, ann, "grid", name, address)
    with pytest.raises(MistakeError, match="no view"):
        forget_view(place.parts.warehouse, ann, "grid", "another one's")
