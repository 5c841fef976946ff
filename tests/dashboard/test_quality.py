"""The page of quality: the measures of the real file, and what a correction moves without a reload."""

import json
from pathlib import Path

from playwright.sync_api import Page, expect

from flows.services.repairs import Fix
from tests.dashboard.conftest import Dashboard
from tests.integration.test_repairs import ids, release


def test_the_measures_of_the_real_file_and_a_correction_that_moves_them(
    dashboard: Dashboard, steward: Page, shared_data: Path
) -> None:
    folder = shared_data / "sales_orders"
    expected = json.loads((folder / "expected.json").read_text())
    place = dashboard.place
    place.drop((folder / "sales_data.csv").read_bytes(), "sales_data.csv")
    steward.goto(f"{dashboard.url}/quality?dataset=sales_orders")
    first, final = (steward.locator(".q-tile", has_text=name) for name in ("First-pass quality", "Final quality"))

    assert expected["rows_loaded"] / expected["rows_read"] == 0.8752
    expect(first).to_contain_text("87.5 %")
    expect(final).to_contain_text("4,376 rows loaded")
    row = steward.get_by_role("row", name="region_present region is filled.")
    expect(row).to_contain_text(f"{expected['rows_read']:,}")
    expect(row.get_by_role("link", name=str(expected["findings_by_rule"]["missing region"]))).to_be_visible()

    fixes = [Fix(exception_id=one, cells={"region": "North"}) for one in ids(place, rule="region_present")]
    release(place, fixes)

    expect(final).to_contain_text("4,448 rows loaded")
    expect(final).to_contain_text("89.0 %")
    expect(first).to_contain_text("87.5 %")
    expect(row).to_contain_text("100.0 %")
    row.get_by_role("link").click()
    expect(steward).to_have_url(f"{dashboard.url}/exceptions?dataset=sales_orders&rule=region_present")
