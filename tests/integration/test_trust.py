"""What the database refuses, what the audit trail tells, and the way back to the line of the file."""

import csv

import psycopg
import pytest

from flows.adapters import audit
from flows.adapters.migrations import migrate
from flows.services import queries
from tests.conftest import Place

HEADER = "order_id,order_date,region,product,quantity,revenue\n"
ONE_BAD = HEADER + "A1,2026-01-31,North,Milk 1L,1,5\nA2,2026-01-31,North,Milk 1L,1,5\nA3,never,North,Milk 1L,1,5\n"

BREACHES = {
    "a row less": "delete from sales_orders.orders where order_id = 'A1'",
    "a row more": """insert into sales_orders.orders select 'A9', ordered_on, region, product, quantity, revenue_inr,
        unit_revenue_inr, extra, run_id, 9, byte_start, byte_length from sales_orders.orders limit 1""",
    "a row of no run": """insert into sales_orders.orders select 'A9', ordered_on, region, product, quantity,
        revenue_inr, unit_revenue_inr, extra, gen_random_uuid(), 9, byte_start, byte_length
        from sales_orders.orders limit 1""",
    "a line in two places": "update sales_orders.orders set line = 4 where order_id = 'A1'",
    "an exception that vanishes": "update platform.exception set state = 'RELEASED'",
    "another number of rows read": "update platform.run set rows_read = rows_read + 1",
    "a run that is no longer completed": "update platform.run set state = 'REJECTED'",
    "an emptied mart": "truncate sales_orders.orders",
    "a removed exception": "delete from platform.exception",
    "a changed audit event": "update platform.audit_event set actor = 'nobody'",
    "a removed audit event": "delete from platform.audit_event",
}


@pytest.mark.parametrize("breach", BREACHES)
def test_the_database_refuses_to_commit_a_breach_of_the_law(place: Place, breach: str) -> None:
    place.drop(ONE_BAD)

    with pytest.raises(psycopg.Error), place.parts.warehouse.transaction() as connection:
        connection.execute(BREACHES[breach].encode())


def test_a_release_and_its_row_keep_the_law_together(place: Place) -> None:
    run = place.drop(ONE_BAD).run_id

    with place.parts.warehouse.transaction() as connection:
        connection.execute("update platform.exception set state = 'RELEASED' where run_id = %s", (run,))
        connection.execute(
            """
            insert into sales_orders.orders select 'A3', ordered_on, region, product, quantity, revenue_inr,
                unit_revenue_inr, extra, run_id, 4, byte_start, byte_length from sales_orders.orders limit 1
            """
        )

    measures = place.rows("select rows_loaded, rows_held, final_quality from platform.run_measures")[0]
    assert (measures["rows_loaded"], measures["rows_held"], measures["final_quality"]) == (3, 0, 1)


def test_the_audit_trail_tells_each_stage_with_its_counts(place: Place) -> None:
    run = place.drop(ONE_BAD).run_id

    told = place.rows(
        """
        select event, details ->> 'stage' as stage, counts from platform.audit_event
        where run_id = %(r)s order by event_id
        """,
        r=run,
    )

    events = [(row["event"], row["stage"]) for row in told]
    stages = ["register", "validate", "exceptions", "transform", "publish"]
    assert events[0] == ("run_started", None)
    assert all(events.index(("stage_started", stage)) < events.index(("stage_ended", stage)) for stage in stages)
    assert events[-1] == ("stage_ended", "publish")
    assert {event for event, stage in events if stage is None} == {
        "run_started",
        "file_registered",
        "controls_judged",
        "run_ended",
    }
    validated = next(row for row in told if (row["event"], row["stage"]) == ("stage_ended", "validate"))
    assert validated["counts"] == {"rows_read": 3, "rows_passed": 2, "rows_held": 1}


def test_a_changed_event_and_a_removed_one_are_found(place: Place) -> None:
    place.drop(ONE_BAD)
    audit.seal(place.parts.warehouse)
    assert place.rows("select * from platform.verify_audit()") == []

    with place.parts.warehouse.transaction() as connection:
        connection.execute("alter table platform.audit_event disable trigger user")
        connection.execute("update platform.audit_event set actor = 'nobody' where event_id = 3")

    assert place.one("select at_event_id from platform.verify_audit()") == 3


def test_the_head_of_the_chain_is_published(place: Place) -> None:
    place.drop(ONE_BAD)

    position = audit.publish_head(place.parts.warehouse, place.parts.store)

    assert position == place.one("select count(*) from platform.audit_event")


def test_a_row_is_followed_to_the_line_of_its_file(place: Place) -> None:
    run = place.drop(ONE_BAD).run_id
    dataset = place.parts.datasets["sales_orders"]

    loaded = queries.lineage(place.parts.warehouse, place.parts.store, dataset, "A2")
    held = queries.lineage(place.parts.warehouse, place.parts.store, dataset, f"{run}:4")

    assert (loaded["line"], loaded["raw_line"], loaded["disposition"]) == (
        3,
        "A2,2026-01-31,North,Milk 1L,1,5",
        "LOADED",
    )
    assert (held["raw_line"], held["disposition"]) == ("A3,never,North,Milk 1L,1,5", "HELD (OPEN)")
    assert held["findings"][0]["rule_fingerprint"] == dataset.rule_fingerprint


def test_a_row_of_a_utf_16_file_is_followed_too(place: Place) -> None:
    place.drop(b"\xff\xfe" + ONE_BAD.replace("Milk", "Müesli 🥣").encode("utf-16-le"))

    told = queries.lineage(place.parts.warehouse, place.parts.store, place.parts.datasets["sales_orders"], "A2")

    assert told["raw_line"] == "A2,2026-01-31,North,Müesli 🥣 1L,1,5"


def test_an_export_is_safe_against_formulas_and_whole(place: Place) -> None:
    place.drop(HEADER + "=1+1,2026-01-31,North,Milk 1L,1,5\nA2,2026-01-31,North,Milk 1L,1,5\n")
    target = place.folder / "export.csv"

    actor = place.sign_in("viewer")
    rows = queries.export_rows(place.parts.warehouse, actor, place.parts.datasets["sales_orders"], target)

    with target.open(newline="") as source:
        exported = list(csv.DictReader(source))
    assert rows == len(exported) == 2
    assert exported[0]["order_id"] == "'=1+1"
    assert place.one("select actor from platform.audit_event where event = 'export'") == "viewer"


def test_migrations_apply_once(place: Place) -> None:
    assert migrate(place.parts.warehouse, place.parts.datasets) == ()


def test_figures_of_a_period_stand_beside_those_before(place: Place) -> None:
    place.drop(
        HEADER
        + "A1,2026-01-01,North,Milk 1L,1,5\nA2,2026-01-03,North,Cola 500ml,2,10\nA3,2026-01-04,East,Milk 1L,3,20\n"
    )

    row = place.rows("select * from sales_orders.figures_between('2026-01-03', '2026-01-04')")[0]

    assert (row["revenue_inr"], row["orders"], row["average_order_value_inr"], row["active_products"]) == (30, 2, 15, 2)
    assert (row["revenue_inr_before"], row["orders_before"]) == (5, 1)


def test_folding_changes_no_figure(place: Place) -> None:
    place.drop(ONE_BAD)
    before = place.rows("select * from sales_orders.figures")

    place.rows("select platform.fold_dataset('sales_orders')")

    assert place.one("select count(*) from sales_orders.revenue_change") == 0
    assert place.rows("select * from sales_orders.figures") == before
