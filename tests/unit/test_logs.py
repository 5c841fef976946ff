"""The log: one line an event, with what it is about and without secrets."""

import json
import logging
from typing import Any

import pytest
from pydantic import SecretStr

from flows.adapters import logs
from flows.adapters.logs import JsonLines, TextLines


def record(message: str, *args: object, **extra: Any) -> logging.LogRecord:
    return logging.getLogger("flows.services.loading").makeRecord(
        "flows.services.loading", logging.INFO, "loading.py", 1, message, args, None, extra=extra
    )


def test_an_event_is_one_object_with_its_run_and_stage() -> None:
    with logs.about(run_id="r-1", dataset="sales_orders"), logs.about(stage="validate"):
        line = JsonLines().format(record("stage\nended", facts={"rows_read": 3}))

    told = json.loads(line)
    assert "\n" not in line
    assert told.pop("time").endswith("Z")
    assert told == {
        "level": "INFO",
        "logger": "flows.services.loading",
        "message": "stage\nended",
        "run_id": "r-1",
        "dataset": "sales_orders",
        "stage": "validate",
        "rows_read": 3,
    }


def test_what_an_event_is_about_ends_with_its_body() -> None:
    with logs.about(run_id="r-1"):
        pass

    assert "run_id" not in json.loads(JsonLines().format(record("later")))


def test_an_event_of_prefect_names_its_run() -> None:
    line = JsonLines().format(record("Finished", flow_run_id="r-2", flow_name="ingest"))

    assert json.loads(line)["run_id"] == "r-2"


def test_people_read_the_same_in_one_line() -> None:
    with logs.about(run_id="r-1", file="a\nb.csv"):
        line = TextLines().format(record("stage %s", "started\nERROR forged"))

    assert line.endswith("INFO    flows.services.loading: stage started\\x0aERROR forged [run_id=r-1 file=a\\x0ab.csv]")


@pytest.mark.parametrize("lines", [JsonLines(), TextLines()])
@pytest.mark.parametrize(
    "told",
    [
        "postgresql://quayside:hunter2@db:5432/quayside is away",
        "mailtos://me:hunter2@smtp:587 refused",
        "GET /sso/callback?code=hunter2&state=hunter2",
        "PUT /landing/a.csv?X-Amz-Signature=hunter2",
        "Authorization: Basic hunter2",
    ],
)
def test_no_line_has_a_secret(lines: logging.Formatter, told: str) -> None:
    assert "hunter2" not in lines.format(record("%s %s", told, SecretStr("hunter2")))


def test_the_trace_of_an_error_has_no_secret_either() -> None:
    try:
        raise ConnectionError("postgresql://quayside:hunter2@db is away")
    except ConnectionError as error:
        failed = record("a callback failed")
        failed.exc_info = (ConnectionError, error, error.__traceback__)

    line = JsonLines().format(failed)

    assert "ConnectionError: postgresql://quayside:***@db is away" in json.loads(line)["trace"]
    assert "hunter2" not in line
