"""What pages hand out as CSV is what they show: every row, safe, audited, and only for those who may."""

import csv
import io
from decimal import Decimal

import pytest

from dashboard.store import figures as store
from dashboard.tables import Asked, tables
from flows.core.errors import MistakeError, RefusedError
from flows.services import accounts
from tests.conftest import Place
from tests.integration.test_corrections import NAME, TELCO, correct, telco_row

SALES = (
    "order_id,order_date,region,product,quantity,revenue\n"
    "A1,2026-01-01,North,Milk 1L,1,10\nA2,2026-01-02,South,Milk 1L,1,20\nA3,2026-01-03,South,Milk 1L,1,30\n"
    "H1,2026-01-04,,Milk 1L,none,5\n"
)
NEW_PAGES = ("quality", "telco", "governance", "upload", "sales", "overview")


def export(place: Place, page: str, what: str, role: str = "viewer", **query: str) -> list[dict[str, str]]:
    blocks: list[bytes] = []
    asked = Asked(parts=place.parts, actor=place.sign_in(role), query=query)
    tables()[page, what](asked, blocks.append)
    return list(csv.DictReader(io.StringIO(b"".join(blocks).decode())))


@pytest.mark.parametrize(("page", "what"), [key for key in tables() if key[0] in NEW_PAGES and key[1] != "changes"])
def test_every_table_leaves_and_is_audited_with_its_number_of_rows(place: Place, page: str, what: str) -> None:
    place.drop(SALES)

    rows = export(place, page, what, "editor")

    counted = place.rows("select counts from platform.audit_event where event = 'export'")
    assert [row["counts"] for row in counted] == [{"rows": len(rows)}]


def test_the_tables_of_quality_obey_its_filter(place: Place) -> None:
    place.drop(SALES)

    assert [(row["base_name"], row["rows_held"]) for row in export(place, "quality", "files")] == [("orders.csv", "1")]
    assert export(place, "quality", "files", last="2020-01-01") == []
    failed = {
        row["rule"] for row in export(place, "quality", "controls", dataset="sales_orders") if row["failed"] != "0"
    }
    assert failed == {"region_present", "quantity_readable"}
    assert [row["rows_held"] for row in export(place, "quality", "pairs")] == ["1"]
    assert [row["standing"] for row in export(place, "quality", "volume")] == ["too few runs to say"]
    with pytest.raises(MistakeError):
        export(place, "quality", "files", colour="red")


def test_what_changed_needs_the_two_snapshots(place: Place) -> None:
    with pytest.raises(MistakeError, match="the two days"):
        export(place, "telco", "changes", series="A·B·C")


def test_a_viewer_gets_no_table_of_the_upload_page(place: Place) -> None:
    place.put_by_hand("readme.txt", b"hello")
    place.scanner.scan()

    assert [row["object_key"] for row in export(place, "upload", "objects", "editor")] == ["readme.txt"]
    with pytest.raises(RefusedError):
        export(place, "upload", "objects", "viewer")


def test_the_parts_of_the_governance_summary_leave_by_name(place: Place) -> None:
    place.drop(SALES)

    (rows,) = export(place, "governance", "rows")

    assert (rows["rows_read"], rows["loaded"], rows["adds_up"]) == ("4", "3", "yes")
    assert export(place, "governance", "files", last="2020-01-01") == []


def test_the_figures_of_sales_leave_with_what_waits(place: Place) -> None:
    place.drop(SALES.replace("H1,2026-01-04,,Milk 1L,none,5", "H1,2026-01-03,South,Milk 1L,none,5"))

    chosen, before = export(place, "sales", "figures", region="South", first="2026-01-03", last="2026-01-03")

    assert (chosen["revenue_inr"], before["revenue_inr"]) == ("30.00", "20.00")
    assert (Decimal(chosen["revenue_waiting_inr"]), chosen["open_exceptions_with_waiting_revenue"]) == (Decimal(5), "1")
    assert before["revenue_waiting_inr"] == ""


def test_every_view_of_a_dataset_leaves_with_all_of_its_rows(place: Place) -> None:
    place.drop(SALES.replace("A1,2026-01-01,North,Milk 1L", "A1,2026-01-01,North,=1+1"))

    for dataset in place.parts.datasets.values():
        for view in dataset.views:
            shown = store.answer(place.parts.warehouse, dataset.name, view)
            rows = export(place, "figures", view.relation, dataset=dataset.name)
            assert len(rows) == shown.there_are
            assert [list(row) for row in rows] == [list(row) for row in shown.rows]
            if view.x:
                assert [row[view.x].removeprefix("'") for row in rows] == [str(row[view.x]) for row in shown.rows]

    assert [row["product"] for row in export(place, "figures", "by_product", dataset="sales_orders")] == [
        "Milk 1L", "'=1+1"]  # fmt: skip
    assert [row["revenue_inr"] for row in export(place, "figures", "by_day", dataset="sales_orders")] == [
        "10.00", "20.00", "30.00"]  # fmt: skip
    for query in ({}, {"dataset": "nothing"}, {"dataset": "telco_packages"}):
        with pytest.raises(MistakeError, match="declares the view by_product"):
            export(place, "figures", "by_product", **query)


def test_the_tables_of_the_first_page_leave(place: Place) -> None:
    place.drop(SALES, "=orders.csv")

    (run,) = export(place, "overview", "runs")
    quality = {row["dataset"]: row["final_quality"] for row in export(place, "overview", "quality")}

    assert (run["base_name"], run["rows_read"], run["rows_held"]) == ("'=orders.csv", "4", "1")
    assert Decimal(quality.pop("sales_orders")) == Decimal("0.75")
    assert quality == {"telco_packages": ""}
    assert sum(int(row["exceptions"]) for row in export(place, "overview", "held")) == 1


def test_the_parts_of_one_run_leave_and_what_it_has_beside_another(place: Place) -> None:
    other = str(place.drop(SALES.replace("none", "2"), "other.csv").run_id)
    run = str(place.drop(SALES.replace("A", "B"), "orders.csv").run_id)

    stages = export(place, "runs", "stages", run=run)
    failed = {row["rule"] for row in export(place, "runs", "controls", run=run) if row["failed"] != "0"}
    measures = {row["measure"]: row for row in export(place, "runs", "measures", run=run, compare=other)}
    rules = export(place, "runs", "rules", run=run, compare=other)

    assert [row["stage"] for row in stages] == ["register", "validate", "exceptions", "transform", "publish"]
    assert failed == {"region_present", "quantity_readable"}
    assert sum(int(row["rows_held"]) for row in export(place, "runs", "held", run=run)) == 1
    assert (measures["warning_findings"]["run"], measures["rows_held"]["other_run"]) == ("0", "1")
    first = rules[0]
    assert (first["rule"], first["failed"], first["other_failed"]) == ("quantity_readable", "1", "0")
    for query in ({}, {"run": "nothing"}, {"run": run, "state": "FAILED"}):
        with pytest.raises(MistakeError):
            export(place, "runs", "stages", **query)


def test_accounts_leave_for_admins_alone_and_without_a_hash(place: Place) -> None:
    admin, viewer = (place.sign_in(role) for role in ("admin", "viewer"))
    blocks: list[bytes] = []
    tables()["people", "accounts"](Asked(parts=place.parts, actor=admin, query={}), blocks.append)

    rows = list(csv.DictReader(io.StringIO(b"".join(blocks).decode())))
    shown = accounts.accounts(place.parts.warehouse, admin)
    assert [(row["account"], row["role"]) for row in rows] == [(row["account"], str(row["role"])) for row in shown]
    assert not [name for name in rows[0] if "hash" in name]
    for role in ("viewer", "steward"):
        with pytest.raises(RefusedError):
            export(place, "people", "accounts", role)
    assert viewer.account in {row["account"] for row in rows}


def test_corrections_that_did_not_follow_leave(place: Place) -> None:
    place.drop(TELCO + "F,=Small,10000,1\n", NAME, "telco_packages")
    correct(place, telco_row(place, "=Small"), "price", "12000", "10000.00", dataset="telco_packages")
    place.drop(TELCO + "F,=Small,11000,1\n", NAME, "telco_packages")

    (row,) = export(place, "exceptions", "conflicts", dataset="telco_packages")

    assert (row["base_name"], row["corrected_to"], row["found"]) == (NAME, "12000.00", "11000.00")
    assert export(place, "exceptions", "conflicts", dataset="sales_orders") == []
