"""Two dashboards behind the proxy: who is served by which, and what becomes of a visitor whose dashboard dies."""

import json
import re
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
import urllib3
from playwright.sync_api import expect, sync_playwright

from tests.browsing import CHROMIUM, FLAGS, expect_page
from tests.stack.conftest import Containers, rows_of

REPLICA = "quayside_replica"
READ = "print(__import__('urllib.request').request.urlopen('http://127.0.0.1:5006/metrics').read().decode())"
CRASH = "import os, pathlib; [os.kill(int(one.parent.name), 9) for one in pathlib.Path('/proc').glob('[0-9]*/cmdline') "
CRASH += "if b'-m\\0dashboard' in one.read_bytes() and one.parent.name != '1']"
BACK_S = 20
"""What a visitor has to wait at most; the proxy itself looks around for fifteen seconds."""


class Visitor:
    """A person who is signed in and keeps cookies as a browser does."""

    def __init__(self, stack: Containers) -> None:
        self._stack = stack
        self.cookies: dict[str, str] = {}
        told = {"account": "admin", "password": stack.values["QUAYSIDE_ADMIN_PASSWORD"]}
        assert self.ask("POST", "/sign-in", urlencode(told)).status == 303

    @property
    def replica(self) -> str:
        return self.cookies[REPLICA]

    def ask(self, method: str, path: str, body: str = "") -> urllib3.BaseHTTPResponse:
        """Ask for something; redirects are not followed."""
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Origin": self._stack.dashboard,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        url = self._stack.dashboard + path
        answer = urllib3.request(
            method, url, body=body or None, headers=headers, redirect=False, retries=False, timeout=BACK_S
        )
        for told in answer.headers.getlist("Set-Cookie"):
            name, value = told.split(";")[0].split("=", 1)
            self.cookies[name] = value
        return answer

    def opens_pages(self) -> None:
        """Open pages, each of which asks for a sign-in where the session is not known."""
        assert [self.ask("GET", f"/{name}").status for name in ("overview", "runs", "sales")] == [200, 200, 200]


def dashboards(stack: Containers) -> list[str]:
    """Return the containers of the dashboards that run."""
    return stack.compose("ps", "--quiet", "dashboard").split()


def sessions(stack: Containers, container: str) -> int:
    """Return how many browser sessions live in a dashboard."""
    told = stack.run("docker", "exec", container, "python", "-c", READ)
    found = re.search(r"^quayside_dashboard_sessions (\d+)", told, re.MULTILINE)
    assert found, told
    return int(found[1])


def serves(stack: Containers, visitor: Visitor) -> str:
    """Return the container that serves a visitor: the one with more sessions after a page was opened."""
    before = {one: sessions(stack, one) for one in dashboards(stack)}
    visitor.opens_pages()
    more = [one for one, count in before.items() if sessions(stack, one) > count]
    assert len(more) == 1, more
    return more[0]


@pytest.fixture
def two(stack: Containers) -> Iterator[tuple[Visitor, Visitor]]:
    """Two visitors whom different dashboards serve; afterwards both dashboards run."""
    assert len(dashboards(stack)) == 2
    first = Visitor(stack)
    yield first, elsewhere(stack, first)
    stack.start()
    assert len(dashboards(stack)) == 2


def elsewhere(stack: Containers, visitor: Visitor) -> Visitor:
    """Return a visitor at another dashboard; the proxy draws lots for each newcomer."""
    newcomers = (Visitor(stack) for _ in range(40))
    return next(one for one in newcomers if one.replica != visitor.replica)


def test_both_dashboards_serve_and_a_visitor_stays_at_one(stack: Containers, two: tuple[Visitor, Visitor]) -> None:
    first, second = two
    stayed = first.replica, second.replica

    places = serves(stack, first), serves(stack, second)

    assert set(places) == set(dashboards(stack))
    assert (first.replica, second.replica) == stayed


def test_a_session_of_one_dashboard_is_good_at_the_other(stack: Containers, two: tuple[Visitor, Visitor]) -> None:
    first, second = two
    first.cookies[REPLICA] = second.replica

    first.opens_pages()

    assert first.replica == second.replica
    assert first.ask("POST", "/sign-out").status == 303
    first.cookies.pop(REPLICA)
    assert first.ask("GET", "/overview").status == 302


def test_a_file_that_was_announced_to_one_dashboard_may_be_sent_to_the_other(
    stack: Containers, two: tuple[Visitor, Visitor]
) -> None:
    first, second = two
    content = rows_of("HANDED", 3).decode()
    announced = {"name": "handed-over.csv", "dataset": "sales_orders", "size": len(content)}

    begun = first.ask("POST", "/upload/begin", json.dumps({"files": [announced]})).json()
    first.cookies[REPLICA] = second.replica
    sent = first.ask("PUT", f"/upload/file/{begun['files'][0]['upload_id']}", content)

    assert (sent.status, sent.json()) == (200, {"landed": True})
    stack.wait_for("select state from platform.file where base_name = 'handed-over.csv'", "COMPLETED")


def test_a_visitor_of_a_dashboard_that_is_killed_goes_on_at_the_other(
    stack: Containers, two: tuple[Visitor, Visitor]
) -> None:
    first, second = two
    lost = first.replica
    killed = serves(stack, first)

    stack.run("docker", "kill", killed)

    first.opens_pages()
    assert first.replica == second.replica != lost
    assert dashboards(stack) != [killed]


def test_nobody_sees_that_a_dashboard_crashes_and_is_started_again(
    stack: Containers, two: tuple[Visitor, Visitor]
) -> None:
    first, second = two
    crashed = serves(stack, first)

    def starts() -> str:
        return stack.run("docker", "inspect", "--format", "{{.RestartCount}} {{.State.Health.Status}}", crashed).strip()

    count = int(starts().split()[0])
    stack.run("docker", "exec", crashed, "python", "-c", CRASH)
    statuses = set[int]()

    def is_back() -> bool:
        statuses.add(first.ask("GET", "/overview").status)
        statuses.add(second.ask("GET", "/overview").status)
        return starts() == f"{count + 1} healthy"

    stack.wait(is_back, "the dashboard that crashed is healthy again")
    assert statuses == {200}


def test_an_open_page_comes_back_by_itself_at_the_other_dashboard(
    stack: Containers, two: tuple[Visitor, Visitor]
) -> None:
    if CHROMIUM is None:
        pytest.skip("no browser looked at it, for want of a Chromium")
    visitor = two[0]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = browser.new_context()
        context.add_cookies(
            [{"name": name, "value": value, "url": stack.dashboard} for name, value in visitor.cookies.items()]
        )
        page = context.new_page()
        page.goto(f"{stack.dashboard}/runs?state=COMPLETED")
        expect_page(page, "Runs")
        with page.expect_event("framenavigated"):
            stack.run("docker", "kill", serves(stack, visitor))
        expect_page(page, "Runs")
        expect(page).to_have_url(f"{stack.dashboard}/runs?state=COMPLETED")
        now = {one["name"]: one["value"] for one in context.cookies()}
        assert now[REPLICA] == two[1].replica
        browser.close()
