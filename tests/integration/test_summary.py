"""The summary that a person reads on the page of a run."""

from uuid import uuid4

from flows.adapters import ledger
from flows.services import running
from flows.services.summary import summary
from tests.conftest import Place

CONTENT = b"""order_id,order_date,region,product,quantity,revenue
A1,2026-01-31,North,Milk 1L,1,5
A2,never,North,Milk 1L,1,5
"""


def test_a_summary_tells_stages_rules_and_where_to_look(place: Place) -> None:
    place.put(CONTENT, "orders.csv")
    place.scanner.scan()
    (claimed,) = ledger.claim(place.parts.warehouse, limit=1, lease_s=60, max_attempts=5)
    load = running.begin(place.parts, claimed, uuid4())
    outcome = running.run_file(load)

    text = summary(load, outcome, 7, "http://127.0.0.1:4200")

    assert "# orders.csv: COMPLETED" in text
    assert "| read | 2 |" in text
    assert "| validate |" in text
    assert "2 rows read" in text
    assert "| order_date_readable | error | 2 | 1 | 0 | FAILED |" in text
    assert f"http://127.0.0.1:4200/runs/flow-run/{load.run_id}" in text
