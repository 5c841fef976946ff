"""The page of quality: the measures of the real file, and what a correction moves without a reload."""

import json
import re
from pathlib import Path

from playwright.sync_api import Page, expect

from dashboard import formats
from flows.services.repairs import Fix
from tests.dashboard.cards import card, tile
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


PAIRS = """
    select a.rule as one, b.rule as other, count(*) as rows_held
    from platform.finding as a
    inner join platform.finding as b on b.run_id = a.run_id and b.line = a.line and b.rule > a.rule
    inner join platform.exception as e on e.run_id = a.run_id and e.line = a.line
    group by 1, 2 order by 3 desc, 1, 2
"""


def test_targets_controls_and_pairs_are_those_of_the_rows(
    dashboard: Dashboard, steward: Page, shared_data: Path
) -> None:
    place = dashboard.place
    place.drop((shared_data / "sales_orders" / "sales_data.csv").read_bytes(), "sales_data.csv")
    rules = place.rows("select * from platform.run_rule")
    judged = [row for row in rules if row["severity"] == "error"]
    tested, failed = (sum(row[name] for row in judged) for name in ("tested", "failed"))
    steward.goto(f"{dashboard.url}/quality?dataset=sales_orders")

    checks, exceptions = tile(steward, "Check pass rate"), tile(steward, "Exception rate")
    expect(checks.locator(".q-value")).to_have_text(formats.share((tested - failed) / tested))
    expect(checks).to_contain_text(f"met{tested - failed:,} of {tested:,} checks")
    expect(exceptions.locator(".q-value")).to_have_text(formats.share(624 / 5000))
    expect(exceptions).to_contain_text("missed624 rows held, 624 open")
    by_file = card(steward, "By file").get_by_role("row", name=re.compile("^sales_data.csv"))
    expect(by_file).to_contain_text("5,00087.5 %87.5 %99.3 % met12.5 % missed0624")
    for row in rules:
        numbers = "".join(formats.count(row[name]) for name in ("tested", "failed", "not_evaluated"))
        shown = steward.get_by_text(row["rule"], exact=False).locator("xpath=ancestor::tr").first
        expect(shown).to_contain_text(f"{row['severity']}{numbers}")
    pairs = card(steward, "Which rules break together?").locator("tbody").get_by_role("row")
    told = [f"{row['one']}.*{row['other']}.*rows{row['rows_held']}Sales orders" for row in place.rows(PAIRS)]
    expect(pairs).to_have_text([re.compile(one) for one in told])


def test_volume_and_missing_cells_are_told_against_the_files_before(dashboard: Dashboard, steward: Page) -> None:
    header = "order_id,order_date,region,product,quantity,revenue\n"
    for number in range(6):
        rows = "".join(f"F{number}-{one},2026-01-01,North,Milk 1L,1,5\n" for one in range(10))
        dashboard.place.drop(header + rows, f"file{number}.csv")
    odd = "".join(f"O{one},2026-01-01,{'North' if one > 3 else ''},Milk 1L,1,5\n" for one in range(25))
    dashboard.place.drop(header + odd, "odd.csv")
    steward.goto(f"{dashboard.url}/quality?dataset=sales_orders")

    volume = card(steward, "Volume against its own history")
    expect(volume.get_by_role("row", name=re.compile("^odd.csv"))).to_contain_text("2510 (9 to 11)far above usual")
    expect(volume.get_by_role("row", name=re.compile("^file5.csv"))).to_contain_text("1010 (9 to 11)usual")
    missing = card(steward, "Missing cells against their own history")
    region = missing.get_by_role("row", name=re.compile("^region"))
    expect(region).to_contain_text("16.0 %0.0 % (0.0 % to 2.0 %)far above usual")
    expect(region.get_by_role("img", name="missing share over the last files")).to_be_visible()
    expect(missing.get_by_role("row", name=re.compile("^product"))).to_contain_text("0.0 %0.0 % (0.0 % to 2.0 %)usual")
