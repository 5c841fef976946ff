"""The first page in a browser: each figure is that of the database, and leads to what it counts."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from dashboard import formats
from tests.conftest import Place
from tests.dashboard.cards import card, tile
from tests.dashboard.conftest import Dashboard

OLDER = "order_id,order_date,region,product,quantity,revenue\nOLD-1,2026-01-01,North,Milk 1L,1,100.5\n"
A_WEEK_AGO = (
    "update platform.file set landed_on = landed_on - 7 where base_name = 'older.csv'",
    "update platform.run set started_at = started_at - interval '7 days' where name = 'older.csv'",
)


def drop_some(place: Place, shared_data: Path) -> None:
    """Drop files of both datasets, one that is none, and one as if it had come a week ago."""
    place.drop((shared_data / "sales_orders" / "sales_data.csv").read_bytes(), "sales_data.csv")
    for telco in sorted((shared_data / "telco_packages").glob("*.csv"))[:2]:
        place.drop(telco.read_bytes(), telco.name, "telco_packages")
    place.drop(OLDER, "older.csv")
    place.drop("a,b\n1,2\n", "no orders.csv")
    with place.parts.warehouse.transaction() as connection:
        for change in A_WEEK_AGO:
            connection.execute(change.encode())


def test_each_figure_is_that_of_the_rows_and_leads_to_them(
    dashboard: Dashboard, steward: Page, shared_data: Path
) -> None:
    place = dashboard.place
    drop_some(place, shared_data)
    lines = place.one("select sum(rows_read) from platform.run where name <> 'older.csv' and state = 'COMPLETED'")
    held = place.one("select count(*) from platform.exception where state = 'OPEN'")
    worth = place.one("select revenue_waiting_inr from sales_orders.waiting")
    revenue = place.one("select sum(revenue_inr) from sales_orders.orders")
    told = {
        "Files today": ("4", formats.many(lines, "row")),
        "Files this week": ("4", formats.many(lines, "row")),
        "Held rows": (formats.count(held), f"{formats.rupees(worth)} of revenue waits in them"),
        "Revenue loaded": (formats.short_rupees(revenue), formats.rupees(revenue)),
    }
    there = {
        "Files today": ("/runs?first=", "CSV of 4 runs"),
        "Files this week": ("/runs?first=", "CSV of 4 runs"),
        "Held rows": ("/exceptions", f"CSV of {formats.many(held, 'row')}"),
        "Revenue loaded": ("/sales", formats.rupees(revenue)),
    }
    for label, (figure, note) in told.items():
        steward.goto(f"{dashboard.url}/overview")
        shown = tile(steward, label)
        expect(shown.locator(".q-value")).to_have_text(figure)
        expect(shown).to_contain_text(note)
        shown.locator(".q-value").click()
        path, found = there[label]
        expect(steward).to_have_url(re.compile(f"{re.escape(dashboard.url + path)}"))
        expect(steward.get_by_role("link", name=found).first).to_be_visible()


def test_quality_reasons_and_runs_are_those_of_the_rows_and_lead_to_them(
    dashboard: Dashboard, steward: Page, shared_data: Path
) -> None:
    place = dashboard.place
    drop_some(place, shared_data)
    reasons = place.rows("select category, count(*) as held from platform.exception where state = 'OPEN' group by 1")
    (sales,) = place.rows("select * from platform.dataset_measures where dataset = 'sales_orders'")
    newest = place.rows("select name, state from platform.run order by started_at desc, run_id desc")
    steward.goto(f"{dashboard.url}/overview")

    expect(steward.get_by_role("row", name=re.compile("^Sales orders"))).to_contain_text(
        f"{formats.share(sales['first_pass_quality'])}{formats.share(sales['final_quality'])}"
    )
    for row in reasons:
        shown = steward.get_by_role("row", name=re.compile(row["category"].replace("_", " "), re.I))
        expect(shown).to_contain_text(f"Sales orders{formats.count(row['held'])}")
    runs = card(steward, "Latest runs").get_by_role("row")
    for place_in_list, row in enumerate(newest, 1):
        expect(runs.nth(place_in_list)).to_contain_text(row["name"] + row["state"].capitalize())

    card(steward, "Latest runs").get_by_role("link", name="no orders.csv").click()
    expect(steward.get_by_role("heading", name="no orders.csv")).to_be_visible()
    steward.go_back()
    steward.get_by_role("link", name="Data format error").click()
    (unreadable,) = (row["held"] for row in reasons if row["category"] == "DATA_FORMAT_ERROR")
    expect(steward.get_by_role("link", name=f"CSV of {unreadable} rows").first).to_be_visible()
    steward.go_back()
    steward.get_by_role("link", name="Sales orders", exact=True).click()
    expect(tile(steward, "First-pass quality").locator(".q-value")).to_have_text(
        formats.share(sales["first_pass_quality"])
    )
