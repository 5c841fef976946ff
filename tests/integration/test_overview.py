"""The first page: its figures lead to what they count, and what waits for a person to where a person acts on it."""

from datetime import timedelta

from dashboard.address import Address
from dashboard.auth import Visitor
from dashboard.browser import Browser
from dashboard.pages.overview import Overview, others
from dashboard.visit import Visit
from flows.services.accounts import Role
from tests.conftest import Place
from tests.integration.test_accounts import MOSTLY_BAD
from tests.integration.test_repairs import GOOD, HEADER


def visit_of(place: Place, role: Role = Role.STEWARD) -> Visit:
    visit = Visit(place.parts, Visitor(actor=place.sign_in(role), role=role), Browser())
    visit.opened(Address("overview", {}))
    return visit


def tiles(visit: Visit) -> list[str]:
    return [str(one.object) for one in Overview(visit)._tiles]


def test_each_figure_leads_to_its_own_days(place: Place) -> None:
    visit = visit_of(place)
    now = visit.today()
    monday = now - timedelta(days=now.weekday())

    today, week, *_ = tiles(visit)

    assert f'href="/runs?first={now}&amp;last={now}"' in today
    assert f'href="/runs?first={monday}&amp;last={now}"' in week


def test_what_is_of_every_day_is_called_so(place: Place) -> None:
    place.drop(HEADER + GOOD, "today.csv")
    place.put_by_hand("sales_orders/last week.csv", (HEADER + "\n" + GOOD).encode())
    place.scanner.scan()
    visit = visit_of(place)
    with place.parts.warehouse.transaction() as connection:
        for change in ("state = 'RUNNING'", "state = 'FAILED', reason = 'x', landed_on = landed_on - 7"):
            connection.execute(f"update platform.file set {change} where base_name = 'last week.csv'".encode())

    today = tiles(visit)[0]

    assert ">1 row</span>" in today
    assert 'Of any day: none under way, <a href="/runs?state=FAILED">1 failed</a>' in today


def test_what_waits_for_a_person_leads_to_where_they_act(place: Place) -> None:
    place.drop(MOSTLY_BAD, "bad.csv")
    place.put_by_hand("nowhere/a.csv", b"x")
    place.put_by_hand("nowhere/b.csv", b"x")
    place.scanner.scan()

    held = tiles(visit_of(place))[2]

    assert '<a href="/runs?state=AWAITING_REVIEW">1 run to review</a>' in held
    assert '<a href="/upload">2 objects in no dataset</a>' in held
    assert "waiver" not in held


def test_a_waiver_and_a_conflict_lead_to_the_inbox(place: Place) -> None:
    held = others({"reviews": 0, "waivers": 1, "conflicts": 2, "unclaimed": 0}, visit_of(place))

    assert '<a href="/exceptions?waiver=asked">1 waiver to grant</a>' in held
    assert '<a href="/exceptions">2 corrections that did not follow</a>' in held


def test_a_viewer_is_not_led_to_a_page_they_do_not_have(place: Place) -> None:
    place.put_by_hand("nowhere/a.csv", b"x")
    place.scanner.scan()

    held = tiles(visit_of(place, Role.VIEWER))[2]

    assert "1 object in no dataset" in held
    assert "/upload" not in held
