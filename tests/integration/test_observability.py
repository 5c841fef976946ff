"""What `/readyz` and `/metrics` tell, under the role of whoever asks."""

import json
import logging

import pytest
from pydantic import SecretStr

from flows.adapters.logs import JsonLines
from flows.adapters.object_store import ObjectStore
from flows.adapters.warehouse import Warehouse
from flows.services.health import health
from flows.services.metrics import metrics
from tests.conftest import Place

HEADER = "order_id,order_date,region,product,quantity,revenue\n"
ONE_BAD = HEADER + "A1,2026-01-31,North,Milk 1L,1,5\nA3,never,North,Milk 1L,1,5\n"


def test_an_installation_is_ready_when_database_and_object_store_answer(place: Place) -> None:
    assert health(place.parts.warehouse, place.parts.store).told() == {
        "status": "ready",
        "database": "ok",
        "object_store": "ok",
    }


def test_a_part_that_is_away_is_named_without_its_credentials(place: Place) -> None:
    gone = place.parts.settings.model_copy(
        update={
            "database_url": SecretStr("postgresql://someone:secret@127.0.0.1:1/none"),
            "s3_secret_key": SecretStr("wrong"),
        }
    )
    warehouse = Warehouse(gone)

    told = health(warehouse, ObjectStore(gone)).told()

    assert told == {
        "status": "unready",
        "database": "the database does not answer",
        "object_store": "the object store does not answer",
    }


def test_a_database_that_lacks_a_migration_is_not_ready(place: Place) -> None:
    with place.parts.warehouse.transaction() as connection:
        connection.execute("delete from platform.migration where name = '020_least_privilege'")

    assert "1 migrations are missing" in health(place.parts.warehouse, place.parts.store).database


def test_the_metrics_tell_runs_rows_exceptions_stages_and_sessions(place: Place) -> None:
    place.drop(ONE_BAD)

    told = metrics(place.parts.warehouse, {"quayside_sessions": ("Open sessions of this dashboard.", 3)}).splitlines()

    assert 'quayside_runs{dataset="sales_orders",state="COMPLETED"} 1' in told
    assert 'quayside_rows{dataset="sales_orders",outcome="loaded"} 1' in told
    assert 'quayside_rows{dataset="sales_orders",outcome="open"} 1' in told
    assert any(one.startswith("quayside_exceptions_open{category=") and one.endswith(" 1") for one in told)
    assert 'quayside_stage_seconds_count{stage="publish"} 1' in told
    assert "quayside_sessions 3" in told


def test_the_log_of_a_load_names_run_file_and_stage(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    printed = logging.StreamHandler()
    printed.setFormatter(JsonLines())
    logger = logging.getLogger("flows")
    logger.addHandler(printed)
    logger.setLevel(logging.INFO)
    try:
        loaded = place.drop(ONE_BAD, "bad.csv")
    finally:
        logger.removeHandler(printed)
        logger.setLevel(logging.NOTSET)

    told = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    stages = {one["stage"]: one for one in told if one["message"] == "stage ended"}
    assert set(stages) == {"register", "validate", "exceptions", "transform", "publish"}
    assert {(one["run_id"], one["dataset"], one["file"]) for one in stages.values()} == {
        (str(loaded.run_id), "sales_orders", "bad.csv")
    }
    assert stages["validate"]["rows_held"] == 1
