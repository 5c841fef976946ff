"""The telco page in a browser: its figures, its bars, two snapshots, thresholds, the report."""

import csv
import io
import json
import re
from collections import Counter
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from dashboard import formats
from tests.dashboard.cards import as_table, card, choose, click_first_bar, tile
from tests.dashboard.conftest import Dashboard, open_browser

HEADER = "commercial_name,package_name,main_detail,package_description,benefit_detail,benefit_app,price,validity\n"
BEFORE = HEADER + ("Freedom,Internet 10 GB 30 hari,,10 GB,,,50000,30\nFreedom,Internet 5 GB 7 hari,,5 GB,,,20000,7\n")
AFTER = HEADER + ("Freedom,Internet 10 GB 30 hari,,10 GB,,,60000,30\nFreedom,Internet 2 GB 1 hari,,2 GB,,,8000,1\n")
OTHER = HEADER + "Xtra,Xtra 4 GB 30 hari,,4 GB,,,90000,30\n"
TIERS, OPERATORS = "How are prices spread over tiers?", "How many packages has each operator?"


def drop_three(dashboard: Dashboard) -> None:
    dashboard.place.drop(BEFORE, "Indosat_Jakarta_less3_20260101.csv", "telco_packages")
    dashboard.place.drop(AFTER, "Indosat_Jakarta_less3_20260201.csv", "telco_packages")
    dashboard.place.drop(OTHER, "XL_Medan_less3_20260201.csv", "telco_packages")


def test_figures_are_those_of_the_real_files_and_follow_the_thresholds(
    dashboard: Dashboard, steward: Page, shared_data: Path
) -> None:
    folder = shared_data / "telco_packages"
    for path in sorted(folder.glob("*.csv")):
        dashboard.place.drop(path.read_bytes(), path.name, "telco_packages")
    labels = json.loads((folder / "labels.json").read_text())
    counts = Counter(label["price_tier"] for label in labels)
    steward.goto(f"{dashboard.url}/telco")
    expect(steward.get_by_role("link", name=str(len(labels)), exact=True)).to_be_visible()
    as_table(steward, TIERS)
    for tier, count in counts.items():
        expect(steward.get_by_role("row", name=f"{tier} {count} ")).to_be_visible()
    changes = card(steward, "What changed between two snapshots?")
    expect(changes.get_by_text("No second snapshot yet")).to_be_visible()
    expect(changes.get_by_label("Before")).to_be_hidden()

    steward.get_by_role("button", name="Change", exact=True).click()
    steward.get_by_label("High from, Rp").fill("100.000")
    steward.get_by_role("button", name="See what moves").click()
    moved = sum(75_000 <= label["price"] < 100_000 for label in labels)
    expect(steward.get_by_text(f"{moved} packages to another tier.")).to_be_visible()
    expect(steward.get_by_role("row", name=f"High {counts['High']} ")).to_be_visible()
    steward.get_by_role("button", name="Write it").click()
    expect(steward.get_by_text(f"{moved} packages changed tier")).to_be_visible()
    expect(steward.get_by_role("row", name=f"High {counts['High'] - moved} ")).to_be_visible()
    expect(
        steward.get_by_role("row", name=re.compile(r"all the beginning Rp 35\.000 Rp 100\.000 steward"))
    ).to_be_visible()
    steward.get_by_role("button", name="Change", exact=True).click()
    expect(steward.get_by_label("High from, Rp")).to_have_value("100000")


def test_a_click_on_a_bar_filters_and_two_snapshots_tell_what_changed(dashboard: Dashboard, steward: Page) -> None:
    drop_three(dashboard)
    steward.goto(f"{dashboard.url}/telco")
    expect(steward.get_by_role("link", name="Rp 52.667")).to_be_visible()
    changes = card(steward, "What changed between two snapshots?")
    for told in ("1 new", "1 gone", "1 dearer", "0 cheaper"):
        expect(changes.get_by_text(told, exact=True)).to_be_visible()
    expect(changes.get_by_role("row", name="dearer Internet 10 GB 30 hari Freedom Rp 50.000 Rp 60.000")).to_be_visible()
    click_first_bar(steward, OPERATORS)
    expect(steward).to_have_url(f"{dashboard.url}/telco?operator=Indosat")
    mean = steward.get_by_role("link", name="Rp 34.000")
    expect(mean).to_be_visible()
    assert mean.get_attribute("href") == "/grid?dataset=telco_packages&operator=Indosat&only=latest"
    click_first_bar(steward, OPERATORS)
    expect(steward).to_have_url(f"{dashboard.url}/telco")


def test_a_viewer_changes_no_threshold_and_takes_the_report(dashboard: Dashboard, chromium: Browser) -> None:
    drop_three(dashboard)
    context = open_browser(dashboard, chromium, "viewer")
    page = context.new_page()
    page.goto(f"{dashboard.url}/telco")
    link = page.get_by_role("link", name=re.compile("Download batch_"))
    expect(link).to_be_visible()
    expect(page.get_by_label("Batch")).to_be_visible()
    expect(page.get_by_role("button", name="Change", exact=True)).to_have_count(0)
    with page.expect_download() as begun:
        link.click()
    assert re.fullmatch(r"reporting_telkom_\d{6}_3\.csv", begun.value.suggested_filename)
    (row,) = csv.DictReader(io.StringIO(Path(begun.value.path()).read_text()))
    assert (len(row), row["operator"], row["price"], row["price_group"]) == (71, "XL", "90000", "High")
    assert dashboard.http("GET", "/report/telco_packages/reporting_telkom.csv?batch=x").status == 401
    told = dashboard.http(
        "GET", "/report/telco_packages/reporting_telkom.csv?batch=x", headers={"Cookie": dashboard.cookie("viewer")}
    )
    assert (told.status, told.json()["message"]) == (400, "there is no batch 'x'; see `quayside status`")
    context.close()


def test_every_list_filters_every_figure(dashboard: Dashboard, steward: Page, shared_data: Path) -> None:
    place = dashboard.place
    for path in sorted((shared_data / "telco_packages").glob("*.csv")):
        place.drop(path.read_bytes(), path.name, "telco_packages")
    steward.goto(f"{dashboard.url}/telco")
    for label, column, value, option in (
        ("Operator", "operator", "Telkomsel", "Telkomsel"),
        ("City", "city", "Medan", "Medan"),
        ("Area", "area", "1", "Area 1"),
        ("Price tier", "price_tier", "High", "High"),
        ("Validity", "validity_group", "Monthly", "Monthly"),
        ("Type", "package_type", "Internet", "Internet"),
    ):
        choose(steward, label, option)
        expect(steward).to_have_url(f"{dashboard.url}/telco?{column}={value}")
        (told,) = place.rows(
            "select count(*) as packages, round(avg(price_idr)) as mean, round(percentile_cont(0.5) "
            "within group (order by price_idr / nullif(headline_quota_gb, 0))::numeric) as median "
            f"from telco_packages.packages where {column}::text = %(value)s",
            value=value,
        )
        expect(tile(steward, "Packages").locator(".q-value")).to_have_text(formats.count(told["packages"]))
        expect(tile(steward, "Mean price").locator(".q-value")).to_have_text(formats.rupiah(told["mean"]))
        expect(tile(steward, "Median price per GB").locator(".q-value")).to_have_text(formats.rupiah(told["median"]))
        steward.get_by_role("button", name="Show everything").click()
        expect(steward).to_have_url(f"{dashboard.url}/telco")


def test_a_person_chooses_the_two_snapshots_and_nothing_else_is_drawn_again(
    dashboard: Dashboard, steward: Page
) -> None:
    drop_three(dashboard)
    last = HEADER + "Freedom,Internet 10 GB 30 hari,,10 GB,,,45000,30\n"
    dashboard.place.drop(last, "Indosat_Jakarta_less3_20260301.csv", "telco_packages")
    told: list[str] = []
    steward.on("websocket", lambda socket: socket.on("framereceived", lambda frame: told.append(str(frame))))
    steward.goto(f"{dashboard.url}/telco")
    changes = card(steward, "What changed between two snapshots?")
    expect(changes.get_by_text("1 cheaper", exact=True)).to_be_visible()
    expect(changes.get_by_text("1 gone", exact=True)).to_be_visible()
    as_table(steward, OPERATORS)
    expect(steward.get_by_role("row", name="Indosat 1 ")).to_be_visible()
    told.clear()

    choose(steward, "Before", "1 Jan 2026")
    expect(changes.get_by_role("row", name="gone Internet 5 GB 7 hari Freedom Rp 20.000 —")).to_be_visible()
    choose(steward, "After", "1 Feb 2026")
    expect(changes.get_by_role("row", name="dearer Internet 10 GB 30 hari Freedom Rp 50.000 Rp 60.000")).to_be_visible()
    choose(steward, "Show", "New")
    expect(changes.get_by_role("row", name="dearer")).to_have_count(0)
    expect(changes.get_by_role("row", name="new Internet 2 GB 1 hari Freedom — Rp 8.000")).to_be_visible()
    assert "before=2026-01-01&after=2026-02-01&kind=new" in steward.url
    assert any("q-tall" in one for one in told)
    assert [one for one in told if "q-tile" in one or '"told"' in one] == []
