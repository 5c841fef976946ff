"""The page of runs: its counts are those of the list, and two runs differ only where they do."""

from dataclasses import replace

from dashboard.pages.runs.compare import comparison
from dashboard.pages.runs.listing import prefect_link
from dashboard.store import runs
from dashboard.store.runs import Filter
from dashboard.visit import Visit
from flows.services.accounts import Role
from tests.conftest import Place
from tests.integration.test_accounts import MOSTLY_BAD
from tests.integration.test_overview import visit_of
from tests.integration.test_repairs import GOOD, HEADER


def test_the_counts_of_the_states_are_those_of_the_list(place: Place) -> None:
    place.drop(HEADER + GOOD, "orders.csv")
    place.drop(MOSTLY_BAD, "bad.csv")
    place.drop("no,such,header\n", "other.csv")
    zone, batch = (
        place.parts.settings.business_time_zone,
        place.one("select batch from platform.file where file_id = 2"),
    )

    def counts(chosen: Filter) -> dict[str, int]:
        return runs.by_state(place.parts.warehouse, chosen, zone)

    assert counts(Filter()) == {"COMPLETED": 1, "AWAITING_REVIEW": 1, "REJECTED": 1}
    assert counts(Filter(state="REJECTED")) == counts(Filter())
    assert counts(Filter(file="ORDERS")) == {"COMPLETED": 1}
    assert counts(Filter(batch=batch)) == {"AWAITING_REVIEW": 1}


def test_a_control_that_as_many_rows_break_does_not_differ(place: Place) -> None:
    visit = visit_of(place)
    small = place.drop(HEADER + GOOD, "small.csv")
    large = place.drop(HEADER + "A1,2026-01-31,North,Milk 1L,1,5\nA2,2026-01-31,,Milk 1L,1,5\n", "large.csv")

    told = _beside(visit, large.run_id, small.run_id).split("Controls: failed of tested")

    differing = [line for line in told[-1].split("<tr") if "q-differs" in line]
    assert ["region_present" in line for line in differing] == [True]
    assert "+50.00 points" in differing[0]
    assert "+27 bytes" in told[0]


def test_the_state_of_a_run_is_told_as_everywhere(place: Place) -> None:
    visit = visit_of(place)
    waits, loaded = place.drop(MOSTLY_BAD, "bad.csv"), place.drop(HEADER + GOOD)

    assert ">Waits for review</td>" in _beside(visit, waits.run_id, loaded.run_id)


def test_a_run_leads_to_its_flow_run_where_there_is_prefect(place: Place) -> None:
    run_id = place.drop(HEADER + GOOD).run_id
    visit = visit_of(place, Role.VIEWER)
    settings = place.parts.settings.model_copy(update={"prefect_ui_url": "http://prefect.example/"})
    visit.parts = replace(place.parts, settings=settings)

    link = prefect_link(visit, run_id, "Flow run")

    assert f'href="http://prefect.example/runs/flow-run/{run_id}"' in link
    visit.parts = replace(place.parts, settings=settings.model_copy(update={"prefect_ui_url": ""}))
    assert "href" not in prefect_link(visit, run_id, "Flow run")


def _beside(visit: Visit, one: object, other: object) -> str:
    warehouse = visit.parts.warehouse
    pair = [runs.found(warehouse, str(run_id)) for run_id in (one, other)]
    mine, others = (runs.controls(warehouse, run["run_id"]) for run in pair if run)
    assert pair[0] and pair[1]
    return comparison(pair[0], pair[1], runs.beside(mine, others), visit, ("", ""))
