"""The running stack as its operators watch it: alerts by webhook and e-mail, and the notification of a put."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from typing import Any

import pytest
import urllib3

from tests.receiving import Received, mailbox, text_of, webhook
from tests.running import RunningStack

HEADER = "order_id,order_date,region,product,quantity,revenue\n"
FAR_S = 3600
"""Seconds between two listings: within a test only a notification makes the pickup look into the bucket."""
LATE_S = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A stack and what it tells its operators."""

    stack: RunningStack
    calls: Received[dict[str, Any]]
    mails: Received[Message]

    def drop(self, name: str, *rows: str) -> str:
        """Put a file, tell of it as the object store of a server does, and return how its run ended, with its id."""
        self.stack.put(f"sales_orders/{name}", (HEADER + "".join(f"{row}\n" for row in rows)).encode())
        self.stack.execute("insert into platform.landing_event (event_time, event_data) values (now(), '{}')")
        return self.run_of(name)

    def run_of(self, name: str, within_s: float = 60) -> str:
        """Wait until a file has ended; return the id of its run."""
        until = time.monotonic() + within_s
        query = (
            "select r.run_id::text from platform.file as f inner join platform.run as r using (run_id) "
            f"where f.base_name = '{name}' and r.state <> 'RUNNING'"
        )
        while not (found := self.stack.rows(query)):
            assert time.monotonic() < until, self.stack.rows("select base_name, state, reason from platform.file")
            time.sleep(0.1)
        return str(found[0][0])


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    with webhook() as calls, mailbox() as mails:
        stack = RunningStack(
            tmp_path_factory.mktemp("watched") / "home",
            "up",
            QUAYSIDE_SCAN_INTERVAL_S=str(FAR_S),
            QUAYSIDE_ALERT_WEBHOOK_URL=f"http://127.0.0.1:{calls.port}/hook",
            QUAYSIDE_ALERT_EMAIL=f"mailto://127.0.0.1:{mails.port}?from=quayside@example.com&to=team@example.com",
            QUAYSIDE_ALERT_AFTER_S=str(LATE_S),
        )
        stack.start()
        try:
            yield Watched(stack=stack, calls=calls, mails=mails)
        finally:
            stack.stop()


@pytest.mark.stack
def test_a_notification_alone_wakes_the_pickup(watched: Watched) -> None:
    begun = time.monotonic()

    watched.drop("woken.csv", "N1,2026-01-31,North,Milk 1L,1,5")

    assert time.monotonic() - begun < FAR_S / 10
    assert watched.stack.rows("select count(*) from sales_orders.orders where order_id = 'N1'") == [(1,)]


@pytest.mark.stack
def test_a_failed_run_is_told_once_with_its_file_and_a_sentence(watched: Watched) -> None:
    watched.stack.execute("alter table sales_orders.orders rename to gone")
    try:
        run_id = watched.drop("broken.csv", "F1,2026-01-31,North,Milk 1L,1,5")
    finally:
        watched.stack.execute("alter table sales_orders.gone rename to orders")

    told = watched.calls.wait(lambda call: call["run_id"] == run_id)
    mail = watched.mails.wait(lambda one: run_id in text_of(one))

    assert (told["alert"], told["flow"], told["file"]) == ("failed", "ingest", "broken.csv")
    assert "sales_orders.orders" in told["sentence"]
    assert mail["To"] == "team@example.com"
    assert "broken.csv" in str(mail["Subject"])
    assert told["sentence"] in text_of(mail)
    watched.drop("afterwards.csv", "F2,2026-01-31,North,Milk 1L,1,5")
    assert len(watched.calls.all(lambda call: call["run_id"] == run_id)) == 1


@pytest.mark.stack
def test_a_file_whose_exceptions_miss_the_target_is_told(watched: Watched) -> None:
    run_id = watched.drop("a third.csv", *(f"T{n},2026-01-31,{'North' if n % 3 else ''},Milk 1L,1,5" for n in range(9)))

    told = watched.calls.wait(lambda call: call["run_id"] == run_id)

    assert told.pop("at")
    assert told == {
        "alert": "exception_rate",
        "run_id": run_id,
        "file": "a third.csv",
        "run": told["run"],
        "dataset": "sales_orders",
        "sentence": "3 of 9 rows are held, 33.3%; the target is below 5%",
    }


@pytest.mark.stack
def test_a_run_that_waits_for_a_person_is_told(watched: Watched) -> None:
    run_id = watched.drop("mostly bad.csv", "W1,never,North,Milk 1L,1,5", "W2,never,North,Milk 1L,1,5")

    told = watched.calls.wait(lambda call: call["run_id"] == run_id)

    assert (told["alert"], told["file"]) == ("waiting", "mostly bad.csv")
    assert told["sentence"]


@pytest.mark.stack
def test_a_run_that_no_worker_takes_is_told_as_late_and_a_dead_one_as_crashed(watched: Watched) -> None:
    stack = watched.stack
    stack.prefect("/work_pools/quayside/queues/", {"name": "nobody"})
    run_id = stack.start_deployment("replay", {"run": "none"}, queue="nobody")

    assert watched.calls.wait(lambda call: call["run_id"] == run_id, 90)["alert"] == "late"

    stack.prefect(f"/flow_runs/{run_id}/set_state", {"state": {"type": "CRASHED", "message": "it died"}, "force": True})
    told = watched.calls.wait(lambda call: call["run_id"] == run_id and call["alert"] != "late")
    assert (told["alert"], told["flow"], told["sentence"]) == ("crashed", "replay", "it died")


@pytest.mark.stack
def test_a_run_that_is_taken_and_that_no_process_runs_is_told_as_stuck(watched: Watched) -> None:
    stack = watched.stack
    stack.prefect("/work_pools/quayside/queues/", {"name": "taker"})
    run_id = stack.start_deployment("replay", {"run": "none"}, queue="taker")

    stack.prefect(f"/flow_runs/{run_id}/set_state", {"state": {"type": "PENDING"}, "force": True})

    told = watched.calls.wait(lambda call: call["run_id"] == run_id, 90)
    assert (told["alert"], told["flow"]) == ("stuck", "replay")


@pytest.mark.stack
def test_alerts_are_made_once_stay_switched_off_and_go_with_their_setting(watched: Watched) -> None:
    def known() -> dict[str, tuple[str, bool]]:
        found = watched.stack.prefect("/automations/filter", {})
        return {one["name"]: (one["id"], one["enabled"]) for one in found if one["name"].startswith("Quayside: ")}

    before = known()
    assert len(before) == 6
    off = before["Quayside: a run is late"][0]
    settings = watched.stack.settings()
    answer = urllib3.request(
        "PATCH",
        f"{settings['QUAYSIDE_PREFECT_API_URL']}/automations/{off}",
        json={"enabled": False},
        headers=urllib3.make_headers(basic_auth=settings["QUAYSIDE_PREFECT_AUTH"]),
    )
    assert answer.status == 204

    _apply_alerts(settings)
    assert known() == {**before, "Quayside: a run is late": (off, False)}

    _apply_alerts({**settings, "QUAYSIDE_ALERT_WEBHOOK_URL": "", "QUAYSIDE_ALERT_EMAIL": ""})
    assert known() == {}


def _apply_alerts(settings: dict[str, str]) -> None:
    prefect = {
        "PREFECT_API_URL": settings["QUAYSIDE_PREFECT_API_URL"],
        "PREFECT_API_AUTH_STRING": settings["QUAYSIDE_PREFECT_AUTH"],
    }
    command = [sys.executable, "-m", "flows.alerts"]
    subprocess.run(command, env={**os.environ, **settings, **prefect}, check=True, timeout=60)
