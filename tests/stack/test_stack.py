"""The container stack as a team runs it, one step after the other on one stack."""

import json
import os
import re
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
import urllib3
from botocore.exceptions import ClientError
from playwright.sync_api import sync_playwright

from tests.browsing import CHROMIUM, FLAGS
from tests.expected import figures_in
from tests.stack.conftest import ROOT, Containers, rows_of

FILES = 200
_EXAMPLE = re.compile(r"```yaml\n(# docker-compose.override.yml.*?)```", re.DOTALL)
PACKAGES = """
    select f.base_name, row_number() over (partition by f.base_name order by p.line), trunc(p.price_idr), p.price_tier,
        p.validity_days
    from telco_packages.packages as p
    inner join platform.run as r on r.run_id = p.run_id
    inner join platform.file as f on f.file_id = r.file_id
"""


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


def test_compose_takes_the_example_of_parts_that_are_elsewhere(tmp_path: Path, stack: Containers) -> None:
    (tmp_path / "override.yml").write_text(_EXAMPLE.findall((ROOT / "infra" / "README.md").read_text())[0])
    moved = {"QUAYSIDE_POSTGRES_HOST": "db.example.org", "QUAYSIDE_S3_ENDPOINT": "s3.example.org"}

    told = subprocess.run(
        [
            "docker",
            "compose",
            "-f",
            "docker-compose.yml",
            "-f",
            tmp_path / "override.yml",
            "config",
            "--format",
            "json",
        ],
        cwd=ROOT,
        env={**stack.environment, **moved},
        capture_output=True,
        check=True,
    ).stdout.decode()

    assert json.loads(told)["services"].keys() & {"postgres", "objects"} == set()
    assert [part for part in ("@postgres:", "objects:9000") if part in told] == []


def test_the_real_orders_are_in_the_marts_and_on_the_page(stack: Containers, shared_data: Path) -> None:
    expected = json.loads((shared_data / "sales_orders" / "expected.json").read_text())

    stack.drop("sales_orders/sales_data.csv", (shared_data / "sales_orders" / "sales_data.csv").read_bytes())

    stack.wait_for("select count(*) from platform.file where state = 'COMPLETED'", "1")
    figures = figures_in(stack.rows)
    assert figures == {name: expected[name] for name in figures}
    assert _missing_on(stack, "overview", _grouped(expected["revenue_inr"])) == []
    amounts = [expected[name] for name in ("revenue_inr", "average_order_value_inr", "revenue_waiting_inr")]
    counts = [f"{expected[name]:,}" for name in ("rows_loaded", "quantity")]
    assert _missing_on(stack, "sales", *(_grouped(amount) for amount in amounts), *counts) == []


def test_the_real_packages_have_their_labels_in_the_marts(stack: Containers, shared_data: Path) -> None:
    folder = shared_data / "telco_packages"
    labels = json.loads((folder / "labels.json").read_text())
    files = sorted(folder.glob("*.csv"))

    for path in files:
        stack.drop(f"telco_packages/{path.name}", path.read_bytes())

    loaded = "select count(*) from platform.file where state = 'COMPLETED' and dataset = 'telco_packages'"
    stack.wait_for(loaded, str(len(files)))
    found = {
        (file, int(record)): (price, tier, days)
        for file, record, price, tier, days in (row.split("|") for row in stack.sql(PACKAGES).splitlines())
    }
    wrong = [
        label
        for label in labels
        if found[label["file"], label["record"]][:2] != (str(label["price"]), label["price_tier"])
        or str(label["validity_days"] or found[label["file"], label["record"]][2])
        != found[label["file"], label["record"]][2]
    ]
    assert (len(found), wrong) == (len(labels), [])
    assert _missing_on(stack, "telco", str(len(labels))) == []


def _grouped(amount: str) -> str:
    """Return rupees in Indian digit grouping."""
    whole, cents = amount.split(".")
    head, tail = whole[:-3], whole[-3:]
    groups = [head[max(0, end - 2) : end] for end in range(len(head), 0, -2)][::-1]
    return ",".join([*groups, tail]) + f".{cents}"


def _missing_on(stack: Containers, name: str, *wanted: str) -> list[str]:
    """Return which texts a person who comes through the proxy and signs in does not see on a page."""
    if CHROMIUM is None:
        pytest.skip("the database has the figures; the page was not looked at, for want of a Chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page()
        page.goto(f"{stack.dashboard}/sign-in")
        page.fill("[name=account]", "admin")
        page.fill("[name=password]", stack.values["QUAYSIDE_ADMIN_PASSWORD"])
        page.keyboard.press("Enter")
        page.wait_for_url("**/overview*")
        page.goto(f"{stack.dashboard}/{name}")
        page.get_by_text(wanted[0]).first.wait_for(timeout=60_000)
        missing = [text for text in wanted if not page.get_by_text(text).first.is_visible()]
        browser.close()
    return missing


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
    stack.start("--scale", "worker=4", "--no-deps", "worker")
    stack.wait_for(
        "select count(distinct worker) = 4 from platform.watcher "
        "where flow = 'pickup' and seen_at > now() - interval '10 s'",
        "t",
    )

    for number in range(FILES):
        stack.drop(f"sales_orders/many-{number}.csv", rows_of(f"M{number}", 20))

    done = "select count(*) from platform.file where base_name like 'many-%' and state = 'COMPLETED'"
    stack.wait_for(done, str(FILES), 420)
    assert stack.sql(
        "select count(*), count(distinct order_id) from sales_orders.orders where order_id like 'M%-%'"
    ) == (f"{FILES * 20}|{FILES * 20}")
    assert stack.sql("select count(*) from platform.file where base_name like 'many-%'") == str(FILES)
    shared = (
        "select count(distinct r.worker) from platform.run as r inner join platform.file as f using (run_id) "
        "where f.base_name like 'many-%'"
    )
    assert int(stack.sql(shared)) > 1
    stack.start("--scale", "worker=1", "--no-deps", "worker")
