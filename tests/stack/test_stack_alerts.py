"""What leaves the containers: alerts by webhook and e-mail, and people on their way to an identity provider and back.

The receivers run on this machine and are reached by the address that it has in the network of the containers. They
speak TLS with a certificate of an authority of their own, as servers in a company's network do.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from email.message import Message
from typing import Any

import pytest
import urllib3
from playwright.sync_api import Page, expect, sync_playwright

from tests.browsing import CHROMIUM, FLAGS
from tests.certificates import certified
from tests.openid import CLIENT_ID, CLIENT_SECRET, Person, Provider
from tests.receiving import Received, mailbox, text_of, webhook
from tests.stack.conftest import HEADER, Containers

PRIVATE = "Mrs Harbour 4471"
"""Stands in the file; an alert tells of a file and never what is in it."""
HOOK_TOKEN, MAIL_PASSWORD = "T0kenInTheAddress", "Passw0rdOfTheMailbox"
SECRETS = ("_PASSWORD", "_SECRET", "_KEY")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """Who listens beside the containers.

    Attributes:
        site: Address of the dashboard as browsers write it.
        go_away: Ends them all.
    """

    calls: Received[dict[str, Any]]
    mails: Received[Message]
    provider: Provider
    site: str
    go_away: Callable[[], None]


@pytest.fixture(scope="module")
def outside(stack: Containers) -> Iterator[Outside]:
    """Receivers, and a stack that knows them and speaks TLS; it has its former settings afterwards."""
    host = stack.run(
        "docker", "network", "inspect", "quayside-test_default", "--format", "{{(index .IPAM.Config 0).Gateway}}"
    ).strip()
    one = certified(host, stack.folder)
    with ExitStack() as opened:
        calls = opened.enter_context(webhook(host, one.tls))
        mails = opened.enter_context(mailbox(host, one.tls, "reporter", MAIL_PASSWORD))
        provider = Provider(host, one.tls)
        opened.callback(provider.stop)
        port = stack.values["QUAYSIDE_DASHBOARD_PUBLISHED_PORT"]
        changed = {
            "QUAYSIDE_AUTHORITIES": str(one.authority),
            "QUAYSIDE_ALERT_WEBHOOK_URL": f"https://{host}:{calls.port}/{HOOK_TOKEN}",
            "QUAYSIDE_ALERT_EMAIL": (
                f"mailtos://reporter:{MAIL_PASSWORD}@{host}:{mails.port}?from=quayside@example.com&to=team@example.com"
            ),
            "QUAYSIDE_OIDC_ISSUER": provider.url,
            "QUAYSIDE_OIDC_CLIENT_ID": CLIENT_ID,
            "QUAYSIDE_OIDC_CLIENT_SECRET": CLIENT_SECRET,
            "QUAYSIDE_OIDC_TITLE": "Harbour ID",
            "QUAYSIDE_OIDC_GROUP_ROLES": "analysts=viewer; harbour masters=steward",
            "QUAYSIDE_DASHBOARD_SITE": "https://localhost:8080",
            "QUAYSIDE_DASHBOARD_ORIGINS": f"localhost:{port}",
            "QUAYSIDE_DASHBOARD_IS_SECURE": "true",
            "QUAYSIDE_CERTIFICATES": "local_certs",
        }
        before = {name: stack.values[name] for name in changed}
        site = f"https://localhost:{port}"
        stack.change(**changed)
        try:
            stack.start_anew("prefect", "dashboard", "proxy")
            stack.compose("up", "--no-deps", "setup")
            yield Outside(calls=calls, mails=mails, provider=provider, site=site, go_away=opened.close)
        finally:
            stack.change(**before)
            stack.start_anew("dashboard", "proxy")
            stack.compose("exec", "-T", "worker", "python", "-m", "flows.alerts")


@pytest.fixture(scope="module")
def waiting(stack: Containers, outside: Outside) -> str:
    """Return the run of a file that waits for a person."""
    return _waits(stack, "alarming")


def _waits(stack: Containers, name: str) -> str:
    """Drop a file in which every row is wrong; return its run."""
    stack.drop(f"sales_orders/{name}.csv", HEADER + f"{name},never,North,{PRIVATE},1,5\n".encode() * 2)
    stack.wait_for(f"select state from platform.file where base_name = '{name}.csv'", "AWAITING_REVIEW")
    return stack.sql(f"select run_id from platform.file where base_name = '{name}.csv'")


@pytest.fixture
def page(outside: Outside) -> Iterator[Page]:
    """A browser of a person who has just come."""
    if CHROMIUM is None:
        pytest.skip("nobody was signed in by the identity provider, for want of a Chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser.new_page(ignore_https_errors=True)
        browser.close()


def test_a_run_that_waits_is_told_by_webhook_and_by_mail(stack: Containers, outside: Outside, waiting: str) -> None:
    told = outside.calls.wait(lambda call: call["run_id"] == waiting)
    mail = outside.mails.wait(lambda one: waiting in text_of(one))

    assert (told["alert"], told["flow"], told["file"]) == ("waiting", "ingest", "alarming.csv")
    assert (mail["From"], mail["To"]) == ("quayside@example.com", "team@example.com")
    assert told["sentence"] in text_of(mail)
    assert f"{stack.prefect}/runs/flow-run/{waiting}" in text_of(mail)


def test_no_secret_goes_with_an_alert_or_stays_behind(stack: Containers, outside: Outside, waiting: str) -> None:
    outside.mails.wait(lambda one: waiting in text_of(one))
    alerts = [json.dumps(call) for call in outside.calls.all(bool)]
    alerts += [f"{mail}{text_of(mail)}" for mail in outside.mails.all(lambda _: True)]
    stack.wait(lambda: "prefect.automation.action.executed" in _kept_by_prefect(stack), "Prefect tells what it sent")
    kept = stack.compose("logs", "--no-color") + _kept_by_prefect(stack)

    assert _told(stack, *alerts, kept) == []
    assert [alert for alert in alerts if PRIVATE in alert] == []


def _told(stack: Containers, *texts: str) -> list[str]:
    """Return the names of the secrets that stand in a text."""
    secrets = {name: value for name, value in stack.values.items() if name.endswith(SECRETS) and value}
    secrets |= {"address of the webhook": HOOK_TOKEN, "password of the mailbox": MAIL_PASSWORD}
    return [name for name, secret in secrets.items() if any(secret in text for text in texts)]


def _kept_by_prefect(stack: Containers) -> str:
    """Return what Prefect tells whoever may ask it of the alerts, of where they go, and of how that went."""
    headers = urllib3.make_headers(basic_auth=f"quayside:{stack.values['QUAYSIDE_PREFECT_PASSWORD']}")
    sent = {"filter": {"event": {"prefix": ["prefect.automation."]}}}
    asked: dict[str, dict[str, Any]] = {"automations/filter": {}, "block_documents/filter": {}, "events/filter": sent}
    answers = [
        urllib3.request("POST", f"{stack.prefect}/api/{path}", headers=headers, json=body, timeout=20)
        for path, body in asked.items()
    ]
    assert [answer.status for answer in answers] == [200, 200, 200]
    assert "quayside-alerts" in answers[1].data.decode()
    return "".join(answer.data.decode() for answer in answers)


def test_a_person_comes_back_from_the_provider_with_the_role_of_a_group(
    stack: Containers, outside: Outside, page: Page
) -> None:
    outside.provider.person = Person(subject="u-7", name="Ines", groups=("sailors", "harbour masters"))

    page.goto(f"{outside.site}/audit?actor=ines")
    page.get_by_role("link", name="Sign in with Harbour ID").click()

    expect(page).to_have_url(f"{outside.site}/audit?actor=ines")
    expect(page.get_by_role("heading", level=1)).to_have_text("Audit trail")
    expect(page.get_by_text("steward", exact=True)).to_be_visible()
    assert stack.sql("select role from platform.account where account = 'ines'") == "steward"
    (session,) = [one for one in page.context.cookies() if one["name"] == "quayside"]
    assert (session["secure"], session["httpOnly"], session["sameSite"]) == (True, True, "Lax")


def test_a_person_whose_groups_have_no_role_stays_outside(stack: Containers, outside: Outside, page: Page) -> None:
    outside.provider.person = Person(subject="u-8", name="Jonas", groups=("sailors",))

    page.goto(f"{outside.site}/overview")
    page.get_by_role("link", name="Sign in with Harbour ID").click()

    expect(page.get_by_text("None of your groups at Harbour ID has a role here")).to_be_visible()
    assert stack.sql("select count(*) from platform.account where account = 'jonas'") == "0"


def test_an_alert_that_nobody_takes_is_in_the_log_without_its_address(stack: Containers, outside: Outside) -> None:
    outside.go_away()

    _waits(stack, "unheard")

    def failures() -> int:
        return _kept_by_prefect(stack).count("prefect.automation.action.failed")

    stack.wait(lambda: failures() == 2, "Prefect tells that neither webhook nor mail was taken")
    log = stack.compose("logs", "--no-color", "prefect")
    assert "Webhook call failed" in log
    assert "Notification failed" in log
    assert _told(stack, log, _kept_by_prefect(stack)) == []
