"""The whole stack as a newcomer starts it: `quayside demo`, an ordinary S3 client, Ctrl-C, and the start after it."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browsing import sign_in, watched
from tests.conftest import SHARED_DATA
from tests.running import QUAYSIDE, RunningStack
from tests.unit.test_readme import COMMANDS

GOOD = b"order_id,order_date,region,product,quantity,revenue\nE2E-1,2026-01-31,North,Milk 1L,4,260.74\n"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    demo = RunningStack(tmp_path_factory.mktemp("demo") / "home")
    try:
        demo.start()
        yield demo
    finally:
        if demo.process is not None and demo.process.poll() is None:
            demo.stop()


def wait_for(demo: RunningStack, query: str, wanted: object, timeout_s: float = 60) -> None:
    until = time.monotonic() + timeout_s
    while (found := demo.rows(query)) != [(wanted,)]:
        assert time.monotonic() < until, f"{query}: {found} instead of {wanted}"
        time.sleep(0.1)


@pytest.mark.stack
def test_the_demo_ends_with_a_link_and_a_sign_in_that_work(demo: RunningStack, chromium: Browser) -> None:
    url = demo.dashboard()
    context = chromium.new_context(base_url=url)
    page = context.new_page()
    problems = watched(page, url)

    sign_in(page, demo.password)

    for (name,) in demo.rows("select base_name from platform.file order by file_id desc limit 3"):
        expect(page.get_by_role("link", name=name)).to_be_visible()
    context.close()
    assert problems == []


@pytest.mark.stack
def test_the_demo_from_its_first_start_to_the_start_after_a_crash(demo: RunningStack) -> None:
    demo.log_in()
    assert demo.told.count("COMPLETED") == 9
    assert demo.rows("select count(*) from platform.file where state = 'COMPLETED'") == [(9,)]
    broken = {row[0] for row in demo.rows("select rule from platform.run_rule group by rule having sum(failed) = 0")}
    assert broken == set()
    assert (demo.home / "credentials.json").stat().st_mode & 0o077 == 0
    assert (demo.home / "stack.env").stat().st_mode & 0o077 == 0

    _an_ordinary_s3_client_is_served(demo)
    _prefect_shows_the_runs(demo)
    _the_commands_answer(demo)
    _people_repair(demo)
    _people_use_the_forms_of_prefect(demo)
    _everything_is_proved(demo)
    rows = demo.rows("select count(*) from sales_orders.orders")

    assert demo.stop() == 0
    assert demo.processes() == []

    assert "dropped before" in demo.start()
    assert demo.rows("select count(*) from sales_orders.orders") == rows

    _everything_is_killed(demo)
    demo.start()
    assert demo.rows("select count(*) from sales_orders.orders") == rows
    demo.put("sales_orders/after the crash.csv", GOOD.replace(b"E2E-1", b"E2E-2"))
    wait_for(demo, "select count(*) from sales_orders.orders where order_id = 'E2E-2'", 1)
    assert demo.stop() == 0
    assert demo.processes() == []


def _an_ordinary_s3_client_is_served(demo: RunningStack) -> None:
    demo.put("sales_orders/by hand.csv", GOOD)
    wait_for(demo, "select count(*) from sales_orders.orders where order_id = 'E2E-1'", 1)
    demo.put("sales_orders/empty.csv", b"")
    wait_for(demo, "select state from platform.file where base_name = 'empty.csv'", "REJECTED")


def _prefect_shows_the_runs(demo: RunningStack) -> None:
    wait_for(demo, "select count(*) from platform.file where state = 'RUNNING'", 0)
    runs = demo.prefect("/flow_runs/filter", {"flows": {"name": {"any_": ["ingest"]}}, "limit": 50})
    ours = {str(row[0]): row[1] for row in demo.rows("select run_id, name from platform.run")}
    assert {run["id"]: run["name"] for run in runs} == ours
    done = next(run for run in runs if run["name"].startswith("by hand.csv"))
    tasks = demo.prefect("/task_runs/filter", {"flow_runs": {"id": {"any_": [done["id"]]}}})
    stages = {task["name"].rsplit("-", 1)[0] for task in tasks}
    assert stages == {"register", "validate", "exceptions", "transform", "publish", "audit"}
    artifacts = demo.prefect("/artifacts/filter", {"flow_runs": {"id": {"any_": [done["id"]]}}})
    assert len(artifacts) == 1
    assert "| loaded | 1 |" in artifacts[0]["data"]
    deployments = demo.prefect("/deployments/filter", {})
    assert {deployment["name"] for deployment in deployments} == {"pickup", "ingest", "resubmit", "replay"}
    assert all(deployment["description"] for deployment in deployments)


def _the_commands_answer(demo: RunningStack) -> None:
    assert demo.run("status")["files"]
    run = demo.run("runs", "--state", "COMPLETED", "--limit", "1")[0]["run_id"]
    assert demo.run("show", run[:8])["controls"]
    assert len(demo.run("exceptions", "--category", "MISSING_REQUIRED_FIELD", "--limit", "3")) == 3
    assert demo.run("lineage", "sales_orders", "E2E-1")["raw_line"] == "E2E-1,2026-01-31,North,Milk 1L,4,260.74"
    assert demo.run("migrate") == {"applied": []}
    for command in (
        "status",
        "runs",
        f"show {run[:8]}",
        "exceptions --limit 2",
        "lineage sales_orders E2E-1",
        "review",
        "thresholds",
        "products",
        "accounts",
        "history sales_orders",
        "history telco_packages --conflicts",
        f"replay {run[:8]}",
    ):
        assert demo.tell(*command.split()), command
    target = demo.home / "export.csv"
    assert demo.run("export", "sales_orders", "-o", str(target))["rows"] == len(target.read_text().splitlines()) - 1
    if SHARED_DATA.exists():
        real = str(SHARED_DATA / "sales_orders" / "sales_data.csv")
        landed = demo.run("land", real, "--wait")
        assert [file["state"] for file in landed["files"]] == ["COMPLETED"]
        _the_real_file_is_repaired(demo, landed["files"][0]["run_id"])


def _the_real_file_is_repaired(demo: RunningStack, run_id: str) -> None:
    expected = json.loads((SHARED_DATA / "sales_orders" / "expected.json").read_text())
    expected = expected["after_setting_region_north_on_all_83"]
    loaded = "select sum(revenue_inr) from sales_orders.orders"
    before = demo.rows(loaded)[0][0]
    done = demo.run("fix", "--rule", "region_present", "--run", run_id, "--set", "region=North", "--yes")
    acts = [one["act"] for one in done]
    assert (acts.count("RELEASED"), acts.count("STILL_OPEN")) == (expected["released"], expected["still_open"])
    assert str(demo.rows(loaded)[0][0] - before) == expected["revenue_inr_released"]
    duplicates = demo.run("exceptions", "--rule", "order_id_is_unique", "--stage", "correction", "--run", run_id)
    assert len(duplicates) == expected["of_which_now_duplicates"]


def _people_repair(demo: RunningStack) -> None:
    """Every write of a person, through the command line, on the data of the demo."""
    done = demo.run("fix", "--rule", "region_present", "--set", "region=North", "--why", "one warehouse", "--yes")
    assert {one["act"] for one in done} <= {"RELEASED", "STILL_OPEN", "ALREADY_LOADED"}
    held = demo.run("exceptions", "--rule", "quantity_above_zero", "--limit", "3")
    demo.run("discard", str(held[0]["exception_id"]), "--why", "a test order")
    assert demo.run("fix", str(held[1]["exception_id"]), "--set", "quantity=3", "--save")[0]["act"] == "SAVED"
    assert demo.run("release", str(held[1]["exception_id"]))[0]["act"] in ("RELEASED", "STILL_OPEN")
    duplicate = str(demo.run("exceptions", "--rule", "order_id_is_unique", "--limit", "1")[0]["exception_id"])
    assert demo.run("waive", duplicate, "--why", "the shop says so")[0]["act"] == "ASKED"
    assert demo.run("waive", duplicate, "--grant", code=1)[0]["act"] == "STILL_OPEN"
    sheet = demo.home / "sheet.csv"
    assert demo.run("export", "sales_orders", "--exceptions", "--rule", "revenue_present", "-o", str(sheet))["rows"] > 0
    assert demo.run("import", str(sheet), "--dataset", "sales_orders") == []
    corrected = demo.run("correct", "sales_orders", "E2E-1", "revenue=300", "--seen", "revenue=260.74")
    assert demo.run("history", "sales_orders", "E2E-1")[0]["new_value"] == "300.00"
    demo.run("undo", "sales_orders", str(corrected[0]["correction_id"]))
    demo.run("products", "set", "Unheard-of Juice", "Beverages", "--why", "new")
    demo.run("thresholds", "set", "--medium", "30000", "--high", "70000", "--why", "inflation")
    assert demo.run("review") == []
    _a_run_waits_for_a_person(demo)
    demo.run("accounts", "add", "vera", "viewer", "--password-stdin", told="a password of vera\n")
    assert [one["account"] for one in demo.run("accounts")] == ["admin", "vera"]


def _a_run_waits_for_a_person(demo: RunningStack) -> None:
    """A mostly broken file waits, is let go on, and a rejected one is tried again."""
    path = demo.home / "mostly_bad.csv"
    path.write_text("order_id,order_date,region,product,quantity,revenue\nW1,never,North,Milk 1L,1,5\n")
    waiting = demo.run("land", str(path), "--wait", code=1)["files"][0]
    assert waiting["state"] == "AWAITING_REVIEW"
    assert demo.run("review", waiting["run_id"][:8])["sample"][0]["rule"] == "order_date_readable"
    demo.run("review", waiting["run_id"], "--reject", "--why", "a mistake")
    assert demo.run("retry", str(waiting["file_id"]), "--why", "it is right") == {"waits": "mostly_bad.csv"}
    wait_for(
        demo,
        f"select count(*) from platform.file where file_id = {waiting['file_id']} and run_id is not null "
        f"and run_id <> '{waiting['run_id']}' and state = 'AWAITING_REVIEW'",
        1,
    )
    again = demo.run("review")[0]["run_id"]
    demo.run("review", again, "--go-on", "--why", "it is right")
    wait_for(demo, "select count(*) from platform.file where base_name = 'mostly_bad.csv' and state = 'COMPLETED'", 1)


def _people_use_the_forms_of_prefect(demo: RunningStack) -> None:
    """Saved corrections and a replay, started as a person starts them in Prefect's UI."""
    held = demo.run("exceptions", "--rule", "quantity_above_zero", "--limit", "1")[0]["exception_id"]
    demo.run("fix", str(held), "--set", "quantity=2", "--save")
    completed = demo.run("runs", "--state", "COMPLETED", "--limit", "1")[0]["run_id"]
    started = {
        name: demo.start_deployment(name, parameters)
        for name, parameters in {
            "resubmit": {"dataset": "", "exception_ids": [held]},
            "replay": {"run": completed[:8]},
        }.items()
    }
    for name, state in (("resubmit", "Completed"), ("replay", "Identical")):
        until = time.monotonic() + 90
        while (found := demo.flow_run(started[name])["state"])["type"] not in ("COMPLETED", "FAILED", "CRASHED"):
            assert time.monotonic() < until, found
            time.sleep(0.5)
        assert found["name"] == state, found
    assert demo.rows(f"select state, closed_by, attempts from platform.exception where exception_id = {held}")[0] in [
        ("RELEASED", "admin", 1),
        ("OPEN", None, 2),
    ]


def _everything_is_proved(demo: RunningStack) -> None:
    proof = demo.run("replay", "--all")
    assert proof["figures_that_differ"] == {"sales_orders": [], "telco_packages": []}
    replayed = proof["runs"]
    assert [one["differences"] for one in replayed if not one["is_identical"]] == []
    assert len(replayed) >= 10
    wait_for(
        demo,
        "select count(*) from platform.audit_event as e left join platform.audit_link as l using (event_id) "
        "where l.event_id is null and e.occurred_at < now() - interval '5 minutes'",
        0,
    )
    assert demo.run("verify-audit")["problems"] == []


def _everything_is_killed(demo: RunningStack) -> None:
    """End every process of the stack at once, as a power cut would."""
    assert demo.process is not None
    for pid in [demo.process.pid, *demo.processes()]:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    demo.process.wait(10)


def test_a_users_mistake_is_one_line_without_a_traceback(tmp_path: Path) -> None:
    done = subprocess.run(
        [QUAYSIDE, "status"],
        env={**os.environ, "QUAYSIDE_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "quayside up" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_every_command_has_help(command: str) -> None:
    done = subprocess.run([QUAYSIDE, *command.split(), "--help"], capture_output=True, text=True, check=False)

    assert done.returncode == 0
    assert "Usage" in done.stdout
