"""What leaves for spreadsheets is safe, whole, and audited, also where it broke off."""

import csv
import io

import pytest
from psycopg import sql

from flows.services import exporting
from tests.conftest import Place

FILE = """order_id,order_date,region,product,quantity,revenue
A1,2026-01-01,North,Milk 1L,2,10.00
A2,2026-01-15,South,=1+1,1,20.00
A3,2026-02-01,North,"@x, y",3,30.00
"""
IN_ORDER = sql.SQL("order by order_id")


def test_rows_are_safe_and_their_number_is_audited(place: Place) -> None:
    place.drop(FILE)
    dataset, blocks = place.parts.datasets["sales_orders"], list[bytes]()
    sent = exporting.send_rows(
        place.parts.warehouse, place.sign_in("viewer"), dataset, IN_ORDER, blocks.append, told="all"
    )
    rows = list(csv.DictReader(io.StringIO(b"".join(blocks).decode())))
    assert sent == 3
    assert [row["product"] for row in rows] == ["Milk 1L", "'=1+1", "'@x, y"]
    assert _events(place) == [("export", "viewer", {"rows": 3}, "sales_orders.orders: all")]


def test_an_export_that_breaks_off_is_audited(place: Place) -> None:
    place.drop(FILE)
    taken = list[bytes]()

    def take(block: bytes) -> None:
        if taken:
            raise TimeoutError
        taken.append(block)

    chosen = sql.SQL("select repeat('x', 1000), number from generate_series(1, 1000) as number")
    with pytest.raises(TimeoutError):
        exporting.send(place.parts.warehouse, place.sign_in("viewer"), chosen, take, exported="numbers")
    assert _events(place) == [("export_broken_off", "viewer", {"bytes": len(taken[0])}, "numbers")]


def _events(place: Place) -> list[tuple[object, ...]]:
    found = place.rows("select * from platform.audit_event where event like 'export%%' order by event_id")
    return [(row["event"], row["actor"], row["counts"], row["details"]["exported"]) for row in found]
