"""From a figure to exactly its rows."""

import csv
import io

from playwright.sync_api import Page, expect

from tests.dashboard.cards import as_table
from tests.dashboard.conftest import Dashboard

ORDERS = """order_id,order_date,region,product,quantity,revenue
G1,2026-01-10,North,Milk 1L,1,100
G2,2026-01-11,North,Milk 1L,1,100
G3,2026-01-12,North,Milk 1L,1,100
G4,2026-01-13,South,Milk 1L,1,100
G5,2026-01-14,South,Milk 1L,1,100
G6,2026-01-14,South,Milk 1L,1,100
G7,2026-01-14,South,Milk 1L,1,100
G8,2026-01-14,South,Milk 1L,1,100
W1,2026-01-10,North,Milk 1L,0,11
W2,2026-01-11,North,Paneer 200g,0,22
OTHER-DAY,2026-02-10,North,Milk 1L,0,1
OTHER-REGION,2026-01-10,South,Milk 1L,0,1
OTHER-CATEGORY,2026-01-10,North,Cola 500ml,0,1
G1,2026-01-12,North,Milk 1L,2,1
PERHAPS,2026-01-12,,Milk 1L,1,7
"""
TELCO = "commercial_name,package_name,package_description,price,validity\n"


def test_revenue_that_waits_leads_to_just_its_rows_whatever_is_filtered(dashboard: Dashboard, steward: Page) -> None:
    dashboard.place.drop(ORDERS)
    steward.goto(f"{dashboard.url}/sales?first=2026-01-01&last=2026-01-31&region=North&category=Dairy+Products")
    steward.get_by_role("link", name="₹33.00").click()

    expect(steward.get_by_text("2 rows, oldest first; 2 shown")).to_be_visible()
    for line in ("line 10", "line 11"):
        expect(steward.get_by_text(line, exact=True)).to_be_visible()
    expect(steward.get_by_text("All rows of the filter: 2 rows")).to_be_visible()
    expect(
        steward.get_by_role("row", name="Quantity above zero Business rule violation Sales orders 2")
    ).to_be_visible()
    expect(steward.get_by_text("held 2")).to_be_visible()
    export = steward.get_by_role("link", name="CSV of 2 rows of Sales orders")
    url = export.get_attribute("href") or ""
    told = dashboard.http("GET", url, headers={"Cookie": dashboard.cookie("steward")})
    sheet = csv.DictReader(io.StringIO(told.data.decode()))
    assert [row["order_id"] for row in sheet] == ["W1", "W2"]

    steward.get_by_role("link", name="Take off Region: North").click()
    expect(steward.get_by_text("4 rows, oldest first; 4 shown")).to_be_visible()
    steward.get_by_role("button", name="Show every open row").click()
    expect(steward.get_by_text("7 rows, oldest first; 7 shown")).to_be_visible()
    expect(steward).to_have_url(f"{dashboard.url}/exceptions")

    steward.goto(f"{dashboard.url}/sales?region=North")
    steward.get_by_role("link", name="1 row", exact=True).click()
    expect(steward.get_by_role("link", name="Take off Revenue: waits, may belong here")).to_be_visible()
    expect(steward.get_by_text("1 row, oldest first; 1 shown")).to_be_visible()
    expect(steward.get_by_text("line 16", exact=True)).to_be_visible()


def test_packages_without_a_price_per_gb_lead_to_those_of_the_latest_snapshots(
    dashboard: Dashboard, steward: Page
) -> None:
    place = dashboard.place
    some = "F,Old 10 GB,10 GB,50000,30\nF,Old Unlimited,,90000,30\n"
    place.drop(TELCO + some, "Indosat_Jakarta_less3_20260101.csv", "telco_packages")
    place.drop(TELCO + some.replace("Old", "New"), "Indosat_Jakarta_less3_20260201.csv", "telco_packages")
    place.drop(TELCO + some.replace("Old", "Xtra"), "XL_Jakarta_less3_20260101.csv", "telco_packages")
    steward.goto(f"{dashboard.url}/telco")
    steward.locator(".q-tile").filter(has_text="Left out of price per GB").get_by_role("link").click()

    rows = steward.get_by_role("gridcell")
    expect(rows.get_by_text("New Unlimited")).to_be_visible()
    expect(rows.get_by_text("Xtra Unlimited")).to_be_visible()
    expect(steward.get_by_text("Rows 1 to 2 of 2")).to_be_visible()
    steward.get_by_role("link", name="Take off only the latest snapshots").click()
    expect(steward.get_by_text("Rows 1 to 3 of 3")).to_be_visible()
    steward.goto(f"{dashboard.url}/telco")
    as_table(steward, "What does a gigabyte cost?")
    steward.get_by_role("row", name="XL").get_by_role("link", name="1", exact=True).click()
    expect(rows.get_by_text("Xtra Unlimited")).to_be_visible()
    expect(steward.get_by_text("Rows 1 to 1 of 1")).to_be_visible()
