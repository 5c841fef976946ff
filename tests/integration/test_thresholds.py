"""Price thresholds are changed by stewards alone."""

from decimal import Decimal

import pytest

from flows.core.errors import RefusedError
from flows.services.thresholds import BEGINNING, remove_threshold, set_threshold, thresholds
from tests.conftest import Place


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
