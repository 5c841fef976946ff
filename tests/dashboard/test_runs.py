"""The page of runs: the list, one run with its picture, a replay, a decision, two runs beside each other."""

from playwright.sync_api import Browser, Page, expect

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
