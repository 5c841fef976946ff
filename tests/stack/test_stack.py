"""The container stack as a team runs it, one step after the other on one stack."""

import json
import os
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
import urllib3
from botocore.exceptions import ClientError
from playwright.sync_api import sync_playwright

from tests.browsing import CHROMIUM, FLAGS
from tests.stack.conftest import ROOT, Containers

HEADER = b"order_id,order_date,region,product,quantity,revenue\n"
FIGURES = (
    "select orders, revenue_inr, units, "
    "(select count(*) from platform.exception), (select count(*) from telco_packages.packages), "
    "(select count(*) from platform.audit_link) from sales_orders.figures"
)
FILES = 200


def rows_of(name: str, count: int) -> bytes:
    """Return a file of good rows."""
    lines = (f"{name}-{number},2026-01-31,North,Milk 1L,1,5.00\n" for number in range(count))
    return HEADER + "".join(lines).encode()


def test_nothing_starts_while_a_secret_is_empty(tmp_path: Path, stack: Containers) -> None:
    (tmp_path / ".env").write_text((ROOT / ".env.example").read_text())

    done = subprocess.run(
        ["docker", "compose", "config", "--quiet"],
        cwd=ROOT,
        env={**os.environ, "COMPOSE_ENV_FILES": str(tmp_path / ".env")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode != 0
    assert "is empty - see .env.example" in done.stderr


def test_the_real_files_are_in_the_marts_and_on_the_page(stack: Containers, shared_data: Path) -> None:
    expected = json.loads((shared_data / "sales_orders" / "expected.json").read_text())
    telco = sorted((shared_data / "telco_packages").glob("*.csv"))
    stack.drop("sales_orders/sales_data.csv", (shared_data / "sales_orders" / "sales_data.csv").read_bytes())
    for path in telco:
        stack.drop(f"telco_packages/{path.name}", path.read_bytes())

    stack.wait_for("select count(*) from platform.file where state = 'COMPLETED'", str(1 + len(telco)))

    figures = stack.sql("select orders, revenue_inr, units from sales_orders.figures").split("|")
    assert figures == [str(expected["rows_loaded"]), expected["revenue_inr"], str(expected["quantity"])]
    assert stack.sql("select count(*) from platform.exception where dataset = 'sales_orders'") == str(
        expected["rows_held"]
    )
    if CHROMIUM is None:
        pytest.skip("the database has the figures; the page was not looked at, for want of a Chromium")
    assert _is_on_the_page(stack, _grouped(expected["revenue_inr"]))


def _grouped(amount: str) -> str:
    """Return rupees in Indian digit grouping."""
    whole, cents = amount.split(".")
    head, tail = whole[:-3], whole[-3:]
    groups = [head[max(0, end - 2) : end] for end in range(len(head), 0, -2)][::-1]
    return ",".join([*groups, tail]) + f".{cents}"


def _is_on_the_page(stack: Containers, wanted: str) -> bool:
    """Return whether a person who comes through the proxy and signs in sees a text on the first page."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page()
        page.goto(f"{stack.dashboard}/sign-in")
        page.fill("[name=account]", "admin")
        page.fill("[name=password]", stack.values["QUAYSIDE_ADMIN_PASSWORD"])
        page.keyboard.press("Enter")
        shown = page.get_by_text(wanted).first
        shown.wait_for(timeout=60_000)
        is_visible = shown.is_visible()
        browser.close()
    return is_visible


def test_the_door_lets_nobody_in_who_has_no_key(stack: Containers) -> None:
    def status(url: str) -> int:
        return urllib3.request("GET", url, redirect=False, retries=False, timeout=20).status

    assert status(f"{stack.prefect}/api/flows/count") in (401, 405)
    assert status(f"{stack.prefect}/api/admin/settings") == 401
    assert status(f"{stack.dashboard}/metrics") == 404
    assert status(f"{stack.dashboard}/overview") in (302, 303)
    open_ports = stack.compose("ps", "--format", "{{.Service}} {{.Ports}}").splitlines()
    assert [line.split(" ")[0] for line in open_ports if "->" in line] == ["proxy"]


def test_an_uploader_can_put_and_nothing_else(stack: Containers) -> None:
    uploader = stack.s3("quayside-uploader", "QUAYSIDE_S3_UPLOADER_SECRET")
    landed = {"Bucket": "landing", "Key": "sales_orders/sales_data.csv"}
    attempts: dict[str, Callable[[], object]] = {
        "list": partial(uploader.list_objects_v2, Bucket="landing"),
        "get": partial(uploader.get_object, **landed),
        "delete": partial(uploader.delete_object, **landed),
        "put elsewhere": partial(uploader.put_object, Bucket="archive", Key="mine", Body=b"x"),
    }

    allowed = [name for name, attempt in attempts.items() if not _is_refused(attempt)]

    assert allowed == []


def _is_refused(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except ClientError as error:
        return bool(error.response["Error"]["Code"] == "AccessDenied")
    return False


def test_no_secret_is_in_a_log_or_in_the_image(stack: Containers) -> None:
    told = stack.compose("logs", "--no-color") + stack.run("docker", "history", "--no-trunc", "quayside:local")
    secrets = {name: value for name, value in stack.values.items() if name.endswith(("_PASSWORD", "_SECRET", "_KEY"))}

    assert [name for name, value in secrets.items() if value and value in told] == []


def test_a_worker_that_dies_in_the_middle_of_a_load_loses_nothing(stack: Containers) -> None:
    before = int(stack.sql("select orders from sales_orders.figures"))
    stack.drop("sales_orders/large.csv", rows_of("KILLED", 600_000))
    stack.wait_for("select state from platform.file where base_name = 'large.csv'", "RUNNING")

    stack.compose("kill", "worker")
    stack.start()

    stack.wait_for("select state from platform.file where base_name = 'large.csv'", "COMPLETED", 180)
    assert stack.sql("select orders from sales_orders.figures") == str(before + 600_000)
    assert stack.sql("select attempts > 1 from platform.file where base_name = 'large.csv'") == "t"


def test_a_restarted_database_and_object_store_are_found_again(stack: Containers) -> None:
    stack.compose("restart", "postgres", "objects")
    stack.start()

    stack.drop("sales_orders/after.csv", rows_of("AFTER", 10))

    stack.wait_for("select state from platform.file where base_name = 'after.csv'", "COMPLETED", 180)


def test_four_workers_share_the_files_and_load_each_once(stack: Containers) -> None:
    stack.start("--scale", "worker=4")
    stack.wait_for(
        "select count(distinct worker) = 4 from platform.watcher "
        "where flow = 'pickup' and seen_at > now() - interval '10 s'",
        "t",
    )

    for number in range(FILES):
        stack.drop(f"sales_orders/many-{number}.csv", rows_of(f"M{number}", 20))

    done = "select count(*) from platform.file where base_name like 'many-%' and state = 'COMPLETED'"
    stack.wait_for(done, str(FILES), 240)
    assert stack.sql(
        "select count(*), count(distinct order_id) from sales_orders.orders where order_id like 'M%-%'"
    ) == (f"{FILES * 20}|{FILES * 20}")
    assert stack.sql("select count(*) from platform.file where base_name like 'many-%'") == str(FILES)
    stack.start("--scale", "worker=1")


def test_a_backup_brings_everything_back(stack: Containers, tmp_path: Path) -> None:
    stack.wait_for("select count(*) from platform.file where state in ('LANDED', 'RUNNING')", "0")
    stack.compose("stop", "worker")
    before = stack.sql(FIGURES)

    stack.run("infra/containers/backup.sh", str(tmp_path / "backup"), timeout_s=300)
    stack.compose("down", "--volumes")
    stack.run("infra/containers/restore.sh", str(tmp_path / "backup"), timeout_s=START_OVER_S)
    stack.start()

    files = stack.sql("select count(*) from platform.file")
    assert stack.sql(FIGURES).split("|")[:5] == before.split("|")[:5]
    assert stack.sql("select count(*) from platform.verify_audit()") == "0"
    stack.drop("sales_orders/later.csv", rows_of("LATER", 3))
    stack.wait_for("select state from platform.file where base_name = 'later.csv'", "COMPLETED", 180)
    assert stack.sql("select count(*) from platform.file") == str(int(files) + 1)


START_OVER_S = 420
