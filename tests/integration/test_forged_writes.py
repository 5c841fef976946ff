"""What a viewer's session would do if a forged message reached a form that its page never had: refused and audited."""

import pytest

from dashboard.address import Address
from dashboard.auth import Visitor
from dashboard.browser import Browser
from dashboard.pages.people import People
from dashboard.pages.people.making import Making
from dashboard.pages.products import Products
from dashboard.pages.telco.threshold_form import ThresholdForm
from dashboard.state.people import PeopleState
from dashboard.visit import Visit
from flows.services.accounts import Role
from tests.conftest import Place

THRESHOLDS = "select threshold_id, medium_from_idr, high_from_idr, removed_at from telco_packages.price_threshold"
PRODUCTS = "select * from sales_orders.products"


@pytest.fixture
def viewer(place: Place) -> Visit:
    """The session of a viewer."""
    visit = Visit(place.parts, Visitor(actor=place.sign_in("viewer"), role=Role.VIEWER), Browser())
    visit.opened(Address("overview", {}))
    return visit


def refusals(place: Place) -> list[str]:
    found = place.rows("select actor from platform.audit_event where event = 'refused'")
    return [row["actor"] for row in found]


@pytest.mark.parametrize("act", [ThresholdForm._preview, ThresholdForm._agree])
def test_no_threshold_is_changed(place: Place, viewer: Visit, act: object) -> None:
    form = ThresholdForm(viewer)
    form.open()
    form._medium.value = "1"
    form._seen = form._asked()  # as if it had been shown what moves
    before = place.rows(THRESHOLDS)

    assert callable(act)
    act(form)

    assert refusals(place) == ["viewer"]
    assert place.rows(THRESHOLDS) == before


def test_no_product_is_moved(place: Place, viewer: Visit) -> None:
    page = Products(viewer)
    page._product.value, page._category.value = "Milk 1L", "Breakfast"
    before = place.rows(PRODUCTS)

    page._ask()
    page._write("Milk 1L")

    assert refusals(place) == ["viewer", "viewer"]
    assert place.rows(PRODUCTS) == before


def test_no_account_is_made_and_none_is_told(place: Place, viewer: Visit) -> None:
    before = place.rows("select account, role from platform.account")
    form = Making(viewer, PeopleState())
    form._name.value = "mallory"

    form._made()
    page = People(viewer)

    assert refusals(place) == ["viewer", "viewer"]
    assert place.rows("select account, role from platform.account") == before
    assert "second-admin" not in page._listing._table.object
