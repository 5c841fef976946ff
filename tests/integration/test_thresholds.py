"""Price thresholds are changed by stewards alone, after they saw what moves."""

from decimal import Decimal

import pytest

from dashboard.pages.telco.threshold_form import UNSEEN, ThresholdForm
from flows.core.errors import RefusedError
from flows.services.thresholds import BEGINNING, remove_threshold, set_threshold, thresholds
from tests.conftest import Place
from tests.integration.test_corrections import NAME, TELCO
from tests.integration.test_overview import visit_of


@pytest.mark.parametrize("role", ["viewer", "editor"])
@pytest.mark.parametrize("is_preview", [True, False])
def test_whoever_is_no_steward_changes_no_threshold(place: Place, role: str, is_preview: bool) -> None:
    parts, actor, telco = place.parts, place.sign_in(role), place.parts.datasets["telco_packages"]
    before = thresholds(parts.warehouse)

    with pytest.raises(RefusedError, match="needs the role steward"):
        set_threshold(
            parts.warehouse,
            actor,
            telco,
            medium_from_idr=Decimal(1),
            high_from_idr=Decimal(2),
            operator=None,
            starts_on=BEGINNING,
            reason="",
            is_preview=is_preview,
        )
    with pytest.raises(RefusedError, match="needs the role steward"):
        remove_threshold(parts.warehouse, actor, telco, 1, reason="", is_preview=is_preview)

    assert thresholds(parts.warehouse) == before
    refused = place.rows("select actor from platform.audit_event where event = 'refused'")
    assert {row["actor"] for row in refused} == {role}


def test_what_was_not_seen_is_not_written(place: Place) -> None:
    place.drop(TELCO + "F,Small,10000,1\nF,Big,80000,1\n", NAME, "telco_packages")
    form = ThresholdForm(visit_of(place))
    form.open()
    form._high.value_input = "90.000"
    form._preview()
    assert "1 package to another tier" in form._says.object

    form._high.value_input = "70.000"  # typed, and "Write it" clicked while the field still has the focus
    form._agree()

    assert [row["high_from_idr"] for row in thresholds(place.parts.warehouse)] == [75000]
    assert form._says.object == UNSEEN
    assert form._write.disabled
    form._preview()
    form._agree()
    assert [row["high_from_idr"] for row in thresholds(place.parts.warehouse)] == [70000]
