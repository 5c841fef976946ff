"""The page of runs: the list, one run with its picture, a replay, a decision, two runs beside each other."""

import re
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard import formats
from tests.conftest import Place
from tests.dashboard.cards import card, choose
from tests.dashboard.conftest import Dashboard, open_browser

HEADER = "order_id,order_date,region,product,quantity,revenue\n"
ONE_BAD = HEADER + "A1,2026-01-31,North,Milk 1L,1,5\nA2,2026-01-31,South,Milk 1L,0,10\n"
OTHER = HEADER + "A3,2026-01-31,North,Milk 1L,1,5\nA4,2026-01-31,South,Milk 1L,2,10\n"
MOSTLY_BAD = HEADER + "B1,never,North,Milk 1L,1,5\nB2,never,North,Milk 1L,1,5\nB3,2026-01-31,North,Milk 1L,1,5\n"


def test_a_run_tells_where_its_rows_are_and_is_computed_again(dashboard: Dashboard, steward: Page) -> None:
    other = dashboard.place.drop(OTHER, "other.csv")
    dashboard.place.drop(ONE_BAD, "<b>orders.csv")
    steward.goto(f"{dashboard.url}/runs")
    steward.get_by_role("link", name="<b>orders.csv").click()

    expect(steward.get_by_role("heading", name="<b>orders.csv")).to_be_visible()
    expect(steward.get_by_label("Way of the rows")).to_contain_text("sales_orders.orders")
    steward.get_by_role("button", name="Replay and compare").click()
    expect(steward.get_by_text("Identical")).to_be_visible()
    asked = dashboard.place.rows("select actor from platform.audit_event where event like 'replay%%'")
    assert [row["actor"] for row in asked] == ["steward", "steward"]

    run = steward.url.partition("run=")[2]
    steward.goto(f"{dashboard.url}/runs?run={run}&compare={other.run_id}")
    expect(steward.get_by_role("row", name="Rows held 1 0 +1", exact=True)).to_be_visible()


def test_a_viewer_reads_a_run_and_is_offered_no_replay(dashboard: Dashboard, chromium: Browser) -> None:
    loaded = dashboard.place.drop(OTHER, "other.csv")
    context = open_browser(dashboard, chromium, "viewer")
    page = context.new_page()
    page.goto(f"{dashboard.url}/runs?run={loaded.run_id}")

    expect(page.get_by_label("Way of the rows")).to_contain_text("sales_orders.orders")
    expect(page.get_by_role("button", name="Replay and compare")).to_have_count(0)
    context.close()


def test_a_run_that_waits_is_let_go_on_with_a_reason(dashboard: Dashboard, steward: Page) -> None:
    waiting = dashboard.place.drop(MOSTLY_BAD, "bad.csv")
    steward.goto(f"{dashboard.url}/runs?run={waiting.run_id}")
    expect(steward.get_by_text("line 2: order_date is never")).to_be_visible()

    steward.get_by_role("button", name="Let it go on…").click()
    steward.get_by_label("Why (kept in the audit trail)").fill("as agreed")
    steward.get_by_role("button", name="Go on", exact=True).click()

    expect(steward.get_by_text("bad.csv goes on")).to_be_visible()
    assert dashboard.place.load_all()[-1].outcome.rows_held == 2
    expect(steward.get_by_text("let go on by steward: as agreed").first).to_be_visible()


def crash(place: Place, content: str, name: str) -> None:
    """Drop a file whose run ends in an error that is none of the file's."""
    for change in ("add constraint breaks check (false) not valid", "drop constraint breaks"):
        with place.parts.warehouse.transaction() as connection:
            connection.execute(f"alter table sales_orders.orders {change}".encode())
        if change.startswith("add"):
            with pytest.raises(psycopg.errors.CheckViolation):
                place.drop(content, name)


def test_runs_are_found_by_state_and_name_with_what_each_tells(dashboard: Dashboard, steward: Page) -> None:
    dashboard.place.drop(ONE_BAD, "orders.csv")
    dashboard.place.drop(MOSTLY_BAD, "bad.csv")
    dashboard.place.drop("a,b\n1,2\n", "neither.csv")
    steward.goto(f"{dashboard.url}/runs")
    runs = steward.get_by_role("table", name="Runs, newest first").locator("tbody").get_by_role("row")
    expect(runs).to_have_count(3)
    expect(runs.nth(2)).to_have_text(re.compile(r"orders\.csv.*Completed211\d+\.\d s20\d\d-"))
    waiting = card(steward, "Runs that wait for a decision").get_by_role("row", name=re.compile("bad.csv"))
    expect(waiting).to_contain_text("2 of 3 rows have errors")

    choose(steward, "State", "Rejected")
    expect(runs).to_have_count(1)
    expect(runs).to_contain_text("the header lacks order_id")
    steward.get_by_role("button", name="Show everything").click()
    steward.get_by_label("File", exact=True).fill("ORDERS")
    steward.keyboard.press("Enter")
    expect(runs).to_contain_text(["orders.csv"])
    expect(steward.get_by_role("link", name="Completed 1")).to_be_visible()
    expect(steward.get_by_role("link", name="Rejected 1")).to_have_count(0)


def test_a_run_that_crashed_shows_its_trace_and_its_file_is_tried_again(
    dashboard: Dashboard, steward: Page, chromium: Browser
) -> None:
    place = dashboard.place
    crash(place, OTHER, "other.csv")
    address = f"{dashboard.url}/runs?run={place.one('select run_id from platform.run')}"
    context = open_browser(dashboard, chromium, "viewer")
    viewer = context.new_page()
    viewer.goto(address)
    expect(viewer.get_by_role("heading", name="What went wrong")).to_be_visible()
    expect(viewer.get_by_role("button", name="Try the file again…")).to_have_count(0)
    context.close()

    steward.goto(address)
    expect(steward.get_by_text("CheckViolation").first).to_be_visible()
    steward.get_by_text("Trace of the failure").click()
    expect(steward.get_by_text("Traceback (most recent call last)")).to_be_visible()
    steward.get_by_role("button", name="Try the file again…").click()
    steward.get_by_label("Why (kept in the audit trail)").fill("the cause is gone")
    steward.get_by_role("button", name="Try again", exact=True).click()
    expect(steward.get_by_text("other.csv waits for a worker again")).to_be_visible()

    place.load_all()
    steward.get_by_role("link", name="All runs of this file").click()
    runs = steward.get_by_role("table", name="Runs, newest first").locator("tbody").get_by_role("row")
    expect(runs.nth(0)).to_contain_text("Completed")
    expect(runs.nth(1)).to_contain_text("Failed")


def test_a_run_that_waits_is_rejected_by_a_steward_alone(
    dashboard: Dashboard, steward: Page, chromium: Browser
) -> None:
    waiting = dashboard.place.drop(MOSTLY_BAD, "bad.csv")
    address = f"{dashboard.url}/runs?run={waiting.run_id}"
    context = open_browser(dashboard, chromium, "viewer")
    viewer = context.new_page()
    viewer.goto(address)
    expect(viewer.get_by_text("line 2: order_date is never")).to_be_visible()
    for act in ("Let it go on…", "Reject…"):
        expect(viewer.get_by_role("button", name=act)).to_have_count(0)
    context.close()

    steward.goto(address)
    steward.get_by_role("button", name="Reject…").click()
    steward.get_by_label("Why (kept in the audit trail)").fill("of another shop")
    steward.get_by_role("button", name="Reject", exact=True).click()
    expect(steward.get_by_text("bad.csv is rejected")).to_be_visible()
    expect(steward.get_by_text("rejected by steward: of another shop").first).to_be_visible()
    expect(steward.get_by_role("button", name="Reject…")).to_have_count(0)
    assert dashboard.place.load_all() == []


def test_one_run_tells_its_stages_and_controls_and_leads_to_its_rows(
    dashboard: Dashboard, steward: Page, shared_data: Path
) -> None:
    place = dashboard.place
    run = place.drop((shared_data / "sales_orders" / "sales_data.csv").read_bytes(), "sales_data.csv").run_id
    steward.goto(f"{dashboard.url}/runs?run={run}")
    stages = card(steward, "Stages").locator("tbody").get_by_role("row")
    expect(stages).to_have_text(
        [re.compile(name) for name in ("Register", "Validate", "Exceptions", "Transform", "Publish")]
    )
    expect(stages.nth(4)).to_contain_text("624 rows held, 4,376 rows loaded")
    for row in place.rows("select * from platform.run_rule where failed > 0 or not_evaluated > 0"):
        numbers = "".join(formats.count(row[name]) for name in ("tested", "failed", "not_evaluated"))
        shown = card(steward, "Controls").get_by_role("row", name=re.compile(f"^{row['rule']} "))
        expect(shown).to_contain_text(f"{row['control'].capitalize()}{row['severity']}{numbers}")
    way = steward.get_by_label("Way of the rows")
    expect(way.get_by_role("link", name="Held: 624")).to_have_attribute("href", f"/exceptions?run={run}")
    way.get_by_role("link", name="Mart: 4,376").click()
    expect(steward.get_by_text(re.compile("^Rows 1 to .* of 4,376$"))).to_be_visible()
