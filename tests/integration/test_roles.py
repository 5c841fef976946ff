"""What each role of the database and each key of the object store may do, and what it may not."""

import json
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from datetime import date
from decimal import Decimal
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from botocore.exceptions import ClientError

from flows.adapters import audit, ledger, liveness
from flows.adapters.warehouse import Warehouse
from flows.core.errors import RefusedError
from flows.services import (
    accounts,
    asking,
    comparing,
    corrections,
    products,
    queries,
    repairs,
    retries,
    reviews,
    thresholds,
    uploads,
)
from flows.services.corrections import Edit
from flows.services.rebuilding import rebuild
from flows.services.repairs import Act, Fix
from flows.services.uploads import Announced
from flows.settings import Settings
from infra.roles import ANALYST, DASHBOARD, LOADER
from tests.conftest import Place, s3_client

HEADER = "order_id,order_date,region,product,quantity,revenue\n"
GOOD = HEADER + "A1,2026-01-31,North,Milk 1L,1,5\nA2,2026-01-31,South,Milk 1L,2,10\n"
ONE_BAD = HEADER + "A1,2026-01-31,North,Milk 1L,1,5\nA2,2026-01-31,South,Milk 1L,2,10\nA3,never,North,Milk 1L,1,5\n"
MOSTLY_BAD = HEADER + "B1,never,North,Milk 1L,1,5\nB2,never,North,Milk 1L,1,5\nB3,2026-01-31,North,Milk 1L,1,5\n"


NOBODY_BUT_THE_OWNER = (
    "create table platform.mine (a integer)",
    "drop table platform.finding",
    "alter table platform.audit_event disable trigger all",
    "truncate platform.exception",
    "delete from platform.audit_event",
    "update platform.audit_event set actor = 'nobody'",
    "insert into platform.audit_link values (1, 1, '', '')",
    "delete from platform.law_check",
    "insert into platform.law_check (run_id) values (gen_random_uuid())",
    "insert into platform.account (account, role, created_by) values ('mallory', 'admin', 'mallory')",
    "update platform.account set role = 'admin'",
    "delete from platform.file",
    "delete from platform.run",
    "delete from platform.correction",
    "update platform.correction set old_value = ''",
    "insert into platform.rule select dataset, 'mine', category, severity, true, '', '', 99 from platform.rule limit 1",
    "insert into platform.state_transition values ('run', 'FAILED', 'COMPLETED', '')",
    "insert into platform.migration (owner, name, checksum) values ('platform', '999_mine', '')",
    "insert into platform.batch values ('batch_1', now(), 1, 'upload', 'me')",
    "copy (select 1) to program 'id'",
)
FORBIDDEN: Mapping[str, tuple[str, ...]] = {
    LOADER: (
        *NOBODY_BUT_THE_OWNER,
        "select password_hash from platform.account",
        "select * from platform.session",
        "select * from platform.sign_in_throttle",
        "select platform.admit_from_provider('', '', 'mallory', 'admin')",
        "select platform.make_account('', 'mallory', 'admin', '', false)",
        "insert into platform.review_decision (run_id, decision, made_by, reason) values (null, '', '', '')",
        "update platform.waiver set granted_by = 'me'",
        "delete from sales_orders.products",
        "update telco_packages.price_threshold set high_from_idr = 1",
    ),
    DASHBOARD: (
        *NOBODY_BUT_THE_OWNER,
        "update platform.session set account = 'admin'",
        "update platform.account set password_hash = ''",
        "select platform.make_account('no token', 'mallory', 'admin', '', false)",
        "select platform.change_role('no token', 'admin', 'viewer')",
        "select platform.open_account('no token', 'admin', false)",
        "select platform.set_password('no token', 'admin', '', false)",
        "select platform.tell_account_change('admin', '{}')",
        "insert into platform.watcher (run_id, worker) values (gen_random_uuid(), 'me')",
        "delete from sales_orders.product_change",
        "delete from telco_packages.price_threshold",
    ),
    ANALYST: (
        *NOBODY_BUT_THE_OWNER,
        "select * from platform.account",
        "select * from platform.session",
        "select * from platform.sign_in_throttle",
        "select * from platform.exception",
        "select * from platform.audit_event",
        "select platform.seal_audit()",
        "select platform.role_in_force('admin')",
        "select platform.allocate_batch(now()::date, 'upload', 'me')",
        "update sales_orders.orders set quantity = 9",
        "delete from sales_orders.revenue_folded",
        "create temporary table mine (a integer)",
    ),
}


@pytest.mark.parametrize("role", FORBIDDEN)
def test_the_database_refuses_each_role_what_it_may_not_do(under: Callable[[str], Place], role: str) -> None:
    warehouse = under(role).parts.warehouse

    allowed = [statement for statement in FORBIDDEN[role] if not _is_refused(warehouse, statement)]

    assert allowed == []


def _is_refused(warehouse: Warehouse, statement: str) -> bool:
    try:
        with warehouse.transaction() as connection:
            connection.execute(statement.encode())
    except psycopg.errors.InsufficientPrivilege:
        return True
    return False


def test_nobody_runs_a_function_of_their_own_as_the_owner(under: Callable[[str], Place]) -> None:
    with pytest.raises(psycopg.errors.InvalidParameterValue), under(LOADER).parts.warehouse.transaction() as connection:
        connection.execute("create function pg_temp.fold() returns bigint language sql as 'select 1::bigint'")
        connection.execute("select platform.fold_dataset('pg_temp')")


def test_a_whole_load_works_under_the_role_and_the_keys_of_the_flows(under: Callable[[str], Place]) -> None:
    flows = under(LOADER)
    uploader = under(DASHBOARD)
    key = f"sales_orders/{uuid4()}.csv"
    uploader.put_by_hand(key, ONE_BAD.encode())

    done = {one.file_id: one.outcome for one in flows.load_all()}
    file_id = flows.one("select file_id from platform.file where object_key = %(key)s", key=key)
    run_id = flows.one("select run_id from platform.file where file_id = %(file_id)s", file_id=file_id)
    with flows.parts.warehouse.transaction() as connection:
        connection.execute("select platform.fold_dataset('sales_orders')")
    audit.publish_head(flows.parts.warehouse, flows.parts.store)
    liveness.watch(flows.parts.warehouse, run_id, "here")
    liveness.tell_progress(
        flows.parts.warehouse, run_id, bytes_total=2, bytes_judged=1, rows_judged=1, rows_held=0, rows_written=0
    )
    liveness.forget_progress(flows.parts.warehouse, run_id)
    asking.answer(flows.parts.warehouse, run_id, ["1"], 0)
    asked = comparing.ask_in_prefect(flows.parts.warehouse, run_id, uuid4())
    replayed = comparing.compare(
        flows.parts.warehouse, flows.parts.store, flows.parts.datasets, asked, flows.folder / "scratch"
    )

    assert replayed.differences == []
    assert (done[file_id].rows_loaded, done[file_id].rows_held) == (2, 1)
    assert under(ANALYST).one("select orders from sales_orders.figures") == 2


def test_everything_that_people_do_works_under_the_role_of_the_dashboard(
    place: Place, under: Callable[[str], Place], tmp_path: Path
) -> None:
    place.drop(ONE_BAD)
    place.drop(MOSTLY_BAD, name="bad.csv")
    place.put(b"nothing", name="refused.csv")
    place.load_all()
    steward, second = place.sign_in("steward"), place.sign_in("steward", "second")
    parts = under(DASHBOARD).parts
    warehouse, datasets = parts.warehouse, parts.datasets
    sales, telco = datasets["sales_orders"], datasets["telco_packages"]

    accounts.sign_out(warehouse, accounts.sign_in(warehouse, "steward", "a password of steward"))
    with pytest.raises(RefusedError):
        accounts.sign_in(warehouse, "steward", "a wrong password")
    (corrected,) = corrections.correct(
        warehouse, steward, sales, [Edit(row="A1", column="quantity", text="7", seen="1")]
    )
    corrections.undo(warehouse, steward, sales, corrected.correction_id)
    (held,) = warehouse.rows("select exception_id from platform.exception where state = 'OPEN'")
    fix = Fix(exception_id=held["exception_id"], cells={"order_date": "2026-02-01"})
    assert [one.act for one in repairs.save(warehouse, steward, datasets, [fix])] == [Act.SAVED]
    assert [one.act for one in repairs.release(warehouse, steward, datasets, [fix])] == [Act.RELEASED]
    moved = products.set_product(warehouse, steward, sales, "Milk 1L", "Fresh")
    thresholds.set_threshold(
        warehouse,
        steward,
        telco,
        medium_from_idr=Decimal(1),
        high_from_idr=Decimal(2),
        operator=None,
        starts_on=date(2026, 1, 1),
    )
    run_id = warehouse.rows("select run_id from platform.run where state = 'AWAITING_REVIEW'")[0]["run_id"]
    reviews.let_go_on(warehouse, steward, run_id, reason="as agreed")
    rejected = warehouse.rows("select file_id from platform.file where state = 'REJECTED'")[0]["file_id"]
    retries.retry(warehouse, steward, rejected)
    place.load_all()
    waiting = [
        Fix(exception_id=row["exception_id"])
        for row in warehouse.rows("select exception_id from platform.exception where state = 'OPEN' order by 1")
    ]
    repairs.ask_waiver(warehouse, steward, datasets, waiting[:1], reason="it is so")
    repairs.grant_waiver(warehouse, second, datasets, waiting[:1])
    closed = repairs.discard(warehouse, steward, datasets, waiting[1:], reason="never sold")
    rebuild(warehouse, place.parts.store, steward, datasets, corrected.run_id, tmp_path / "scratch")
    again = comparing.replay(warehouse, parts.store, steward, datasets, corrected.run_id, tmp_path / "scratch")
    assert again.differences == []
    batch = ledger.allocate_batch(warehouse, date(2026, 1, 1), "steward")
    for name, cut in (("whole.csv", 0), ("broken.csv", 1)):
        content = f"{GOOD}{uuid4()}" if cut else GOOD
        announced = [Announced(name=name, dataset="sales_orders", size_bytes=len(content))]
        (begun,) = uploads.begin(parts.settings, warehouse, datasets, steward, announced)
        taken = uploads.take(warehouse, steward, begun.upload_id, begun.size_bytes)
        with nullcontext() if not cut else pytest.raises(uploads.StoreRefusedError):
            uploads.receive(warehouse, parts.store, taken, BytesIO(content.encode()[cut:]))
    liveness.watch(place.parts.warehouse, run_id, "here")
    assert asking.answered(warehouse, asking.ask(warehouse, steward)) is None
    assert uploads.end_silent(warehouse) == 0

    assert moved.orders == 3
    assert {one.act for one in closed} == {Act.DISCARDED}
    assert batch == "batch_010126_1"
    assert place.one("select orders from sales_orders.figures") == 4
    assert queries.status(warehouse)["files"]


def _s3(settings: Settings, keys: tuple[str, str]) -> Any:  # Any: boto3 has no types
    return s3_client(settings.s3_endpoint, *keys)


@pytest.mark.parametrize("who", ["uploader", "dashboard", "flows"])
def test_each_key_of_the_object_store_opens_only_its_doors(servers: Settings, who: str) -> None:
    known = json.loads((servers.scratch_folder.parent / "credentials.json").read_text())
    owner = _s3(servers, (servers.s3_access_key, servers.s3_secret_key.get_secret_value()))
    client = _s3(servers, (known[f"s3_{who}_access"], known[f"s3_{who}_secret"]))
    for bucket in ("landing", "archive", "audit"):
        owner.put_object(Bucket=bucket, Key="keys/there.txt", Body=b"x")
    tries: dict[str, Callable[[], object]] = {}
    for bucket in ("landing", "archive", "audit"):
        tries |= {
            f"put {bucket}": partial(client.put_object, Bucket=bucket, Key=f"keys/{who}.txt", Body=b"x"),
            f"get {bucket}": partial(client.get_object, Bucket=bucket, Key="keys/there.txt"),
            f"list {bucket}": partial(client.list_objects_v2, Bucket=bucket),
            f"drop {bucket}": partial(client.delete_bucket, Bucket=bucket),
        }

    may = {name for name, attempt in tries.items() if _is_served(attempt)}

    assert may == DOORS[who]


DOORS = {
    "uploader": {"put landing"},
    "dashboard": {"put landing", "get archive", "get audit", "list audit"},
    "flows": {
        *("get landing", "list landing"),
        *("put archive", "get archive", "list archive"),
        *("put audit", "get audit", "list audit"),
    },
}


def _is_served(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except ClientError as error:
        assert error.response["Error"]["Code"] == "AccessDenied"
        return False
    return True
