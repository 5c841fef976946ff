"""What each container may do, and what wakes the pickup."""

import json
from typing import Any

import pytest

from tests.images import is_pinned
from tests.stack.conftest import Containers, rows_of

BUILT_HERE = "quayside:local"
ONE_SHOTS = {"volumes", "setup-database", "setup"}


def test_no_container_is_root_or_can_write_where_it_need_not(stack: Containers) -> None:
    found = {service(container): faults(container) for container in stack.inspected()}

    assert len(found) == 9
    assert {name: some for name, some in found.items() if some} == {}


def test_the_database_has_more_of_the_cores_than_people_and_people_more_than_loads(stack: Containers) -> None:
    shares = {service(container): container["HostConfig"]["CpuShares"] for container in stack.inspected()}

    assert shares["postgres"] > shares["dashboard"] > shares["worker"]


def test_every_version_of_an_object_is_kept(stack: Containers) -> None:
    admin = stack.s3("quayside-admin", "QUAYSIDE_S3_ADMIN_SECRET")

    for content in (rows_of("VERSION", 1), rows_of("VERSION", 2)):
        stack.drop("sales_orders/version.csv", content)

    kept = admin.list_object_versions(Bucket="landing", Prefix="sales_orders/version.csv")["Versions"]
    contents = [
        admin.get_object(Bucket="landing", Key=one["Key"], VersionId=one["VersionId"])["Body"].read() for one in kept
    ]
    assert contents == [rows_of("VERSION", 2), rows_of("VERSION", 1)]
    states = {bucket: admin.get_bucket_versioning(Bucket=bucket) for bucket in ("landing", "archive", "audit")}
    assert {bucket: told.get("Status") for bucket, told in states.items()} == dict.fromkeys(states, "Enabled")


def service(container: dict[str, Any]) -> str:  # Any: JSON of the engine
    """Return the name of its service."""
    return str(container["Config"]["Labels"]["com.docker.compose.service"])


def faults(container: dict[str, Any]) -> list[str]:  # Any: JSON of the engine
    """Return what is not sound about a container."""
    host, config = container["HostConfig"], container["Config"]
    lasts = service(container) not in ONE_SHOTS
    sound = {
        "a user who is not root": config["User"].split(":")[0] not in ("", "0", "root"),
        "a read-only root": host["ReadonlyRootfs"],
        "no capability": host["CapDrop"] == ["ALL"] and set(host["CapAdd"] or ()) <= {"NET_BIND_SERVICE"},
        "no way to more rights": host["SecurityOpt"] == ["no-new-privileges:true"],
        "a limit of memory": host["Memory"] > 0,
        "a share of the cores": host["CpuShares"] > 0,
        "a limit of processes": host["PidsLimit"] > 0,
        "bounded logs": "max-size" in host["LogConfig"]["Config"],
        "a pinned image": config["Image"] == BUILT_HERE or is_pinned(config["Image"]),
        "a health check": not lasts or bool(config.get("Healthcheck")),
        "a start after a crash": not lasts or host["RestartPolicy"]["Name"] == "unless-stopped",
    }
    return [wanted for wanted, holds in sound.items() if not holds]


def test_the_log_of_a_worker_names_the_run_of_each_line(stack: Containers) -> None:
    stack.load("logged", 7)
    (run,) = stack.sql("select run_id from platform.file where base_name = 'logged.csv'").splitlines()

    def of_this_run() -> list[str]:
        lines = stack.compose("logs", "--no-color", "--no-log-prefix", "worker").splitlines()
        told = [json.loads(line[line.index("{") :]) for line in lines if '{"time": ' in line]
        return [one["message"] for one in told if one.get("run_id") == run]

    stack.wait(
        lambda: "7 rows read, 0 hold errors, 0 empty lines" in of_this_run(), "the worker's log tells of the run"
    )


def test_a_notification_alone_wakes_the_pickup(stack: Containers, watching_once_an_hour: None) -> None:
    stack.load("told", timeout_s=30)


def test_the_listing_finds_what_no_notification_told_of(stack: Containers) -> None:
    admin = stack.s3("quayside-admin", "QUAYSIDE_S3_ADMIN_SECRET")
    told = admin.get_bucket_notification_configuration(Bucket="landing")
    assert told["QueueConfigurations"]
    admin.put_bucket_notification_configuration(Bucket="landing", NotificationConfiguration={})

    stack.drop("sales_orders/untold.csv", rows_of("UNTOLD", 3))

    stack.wait_for("select state from platform.file where base_name = 'untold.csv'", "COMPLETED")
    told = {"QueueConfigurations": told["QueueConfigurations"]}
    admin.put_bucket_notification_configuration(Bucket="landing", NotificationConfiguration=told)


@pytest.fixture
def watching_once_an_hour(stack: Containers) -> Any:  # Any: a generator fixture
    """Lets the pickup list the bucket once at its start and not again for an hour, and waits until it listens."""
    stack.change(QUAYSIDE_SCAN_INTERVAL_S="3600")
    stack.start_anew("worker")
    listens = "select count(*) > 0 from pg_stat_activity where usename = 'quayside_loader' and query ilike 'listen %'"
    stack.wait_for(listens, "t")
    yield
    stack.change(QUAYSIDE_SCAN_INTERVAL_S="5")
    stack.start_anew("worker")
