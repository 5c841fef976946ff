"""What is asked of open rows is what a plain query over them says, whatever was done to them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import psycopg
import pytest

from dashboard.address import choose
from dashboard.pages.sales.links import waiting_query
from dashboard.state.exceptions import FILTERS as FILTERS_OF_INBOX
from dashboard.state.exceptions import ExceptionsState
from dashboard.store import exceptions, overview, sales
from dashboard.store.sales import Filter
from flows.adapters import marts
from flows.adapters.warehouse import Warehouse
from flows.core.held import NO, PERHAPS, YES
from flows.services import corrections, products, queries, rebuilding, repairs
from flows.services.corrections import Edit
from flows.services.proving import figures_that_differ
from flows.services.queries import Wanted
from flows.services.repairs import Fix
from tests.conftest import Place

HEADER = "order_id,order_date,region,product,quantity,revenue\n"
GOOD = "".join(f"G{number},2026-01-{number + 1:02},North,Milk 1L,1,{number}.50\n" for number in range(20))
HELD = (
    "H1,2026-01-05,,Milk 1L,1,10\n"  # no region
    "H2,never,South,Cola 500ml,1,20.25\n"  # no day
    "H3,2026-02-05,East,,1,30\n"  # no product
    "H4,2026-01-06,West,Milk 1L,0,40\n"  # all that matters can be read
    "H5,2026-01-07,West,Unheard-of Juice,0,50\n"  # no category of its own
    "H6,2026-01-08,North,Milk 1L,1,-60\n"  # revenue that does not wait
    "H7,2026-01-09,North,Milk 1L,1,much\n"
    ",2026-01-10,North,Milk 1L,1,70\n"  # no order
    "G1,2026-03-02,East,Milk 1L,1,80\n"  # loaded with other values
    "H8,2026-01-11,Nowhere,Biscuits 200g,1,90\n"
    "H8,2026-01-12,,Biscuits 200g,1,95\n"
    "broken,record\n"
)
FILTERS = (
    Filter(),
    Filter(first=date(2026, 1, 5), last=date(2026, 1, 9)),
    Filter(region="West"),
    Filter(region="Nowhere"),
    Filter(product="Milk 1L"),
    Filter(category="Dairy Products"),
    Filter(category="Uncategorised", region="West"),
    Filter(category="No such"),
    Filter(first=date(2026, 1, 1), last=date(2026, 2, 28), category="Dairy Products"),
    Filter(first=date(2026, 1, 1), last=date(2026, 2, 28), region="West", category="Uncategorised"),
    Filter(first=date(2026, 1, 7), last=date(2026, 1, 7), region="West", product="Unheard-of Juice"),
    Filter(first=date(2026, 1, 1), last=date(2026, 1, 31), region="North", category="Dairy Products"),
)
WAITING = """
    with open_orders as (
        select
            (e.typed ->> 'revenue_inr')::numeric as revenue_inr,
            exists (select 1 from sales_orders.orders as o where o.order_id = e.typed ->> 'order_id') as is_loaded,
            (%(first)s::date is null or (e.typed ->> 'ordered_on')::date between %(first)s and %(last)s)
            and (%(region)s = '' or e.typed ->> 'region' = %(region)s)
            and (%(product)s = '' or e.typed ->> 'product' = %(product)s)
            and (
                %(category)s = ''
                or case
                    when e.typed ->> 'product' is not null
                        then coalesce(p.category, 'Uncategorised') = %(category)s
                end
            ) as is_chosen
        from platform.exception as e
        left join sales_orders.products as p on p.product = e.typed ->> 'product'
        where e.dataset = 'sales_orders' and e.state = 'OPEN'
    ),

    judged as (
        select
            revenue_inr,
            is_chosen,
            coalesce(revenue_inr >= 0 and not is_loaded, false) as waits
        from open_orders
        where is_chosen is not false
    )

    select
        coalesce(sum(revenue_inr) filter (where waits and is_chosen), 0) as revenue_waiting_inr,
        count(*) filter (where waits and is_chosen) as open_exceptions_with_waiting_revenue,
        count(*) filter (where not waits and is_chosen) as open_exceptions_without,
        coalesce(sum(revenue_inr) filter (where waits and is_chosen is null), 0) as revenue_perhaps_inr,
        count(*) filter (where waits and is_chosen is null) as open_exceptions_perhaps
    from judged
"""
"""Read from the rows as they stand, with one look-up for each."""
COUNTS = """
    select e.dataset, e.category, f.rule, count(distinct e.exception_id) as exceptions
    from platform.exception as e, platform.finding as f
    where f.run_id = e.run_id and f.line = e.line and f.attempt = e.attempts and f.severity = 'error'
        and (%(state)s = '' or e.state = %(state)s) and (%(dataset)s = '' or e.dataset = %(dataset)s)
    group by e.dataset, e.category, f.rule
"""
LOADED = """
    select f.revenue_inr, w.revenue_waiting_inr from sales_orders.figures as f, sales_orders.waiting as w
"""


def assert_answers_are_plain(place: Place) -> None:
    """Compare every answer about open rows with what is read from the rows themselves."""
    warehouse = place.parts.warehouse
    for chosen in FILTERS:
        assert sales.waiting(warehouse, chosen) == place.rows(WAITING, **chosen.values)[0], chosen
        assert_the_inbox_shows_what_waits(warehouse, chosen)
    whole = place.rows(WAITING, **Filter().values)[0]
    now = overview.revenue(warehouse)
    assert now == place.rows(LOADED)[0]
    assert now["revenue_waiting_inr"] == whole["revenue_waiting_inr"]
    assert place.one("select open_exceptions_without from sales_orders.waiting") == whole["open_exceptions_without"]
    for state in ("", "OPEN", "DISCARDED", "RELEASED", "WAIVED"):
        for dataset in ("", "sales_orders"):
            counted = exceptions.counts(warehouse, Wanted(state=state, dataset=dataset))
            assert _in_order(counted) == _in_order(place.rows(COUNTS, state=state, dataset=dataset))
    assert figures_that_differ(warehouse, place.parts.datasets["sales_orders"]) == []


def assert_the_inbox_shows_what_waits(warehouse: Warehouse, chosen: Filter) -> None:
    """The way from each figure of what waits leads to as many rows, with as much revenue."""
    figures = sales.waiting(warehouse, chosen)
    for waits, count, amount in (
        (YES, "open_exceptions_with_waiting_revenue", "revenue_waiting_inr"),
        (PERHAPS, "open_exceptions_perhaps", "revenue_perhaps_inr"),
        (NO, "open_exceptions_without", ""),
    ):
        state = ExceptionsState()
        choose(state, FILTERS_OF_INBOX, waiting_query(chosen, waits))
        wanted = state.wanted()
        rows = queries.exceptions(warehouse, wanted)
        assert len(rows) == figures[count] == queries.count_exceptions(warehouse, wanted), (waits, chosen)
        some = [row["exception_id"] for row in rows[: min(50, len(rows) // 2)]]
        page = queries.exceptions(warehouse, wanted, len(some)) if some else []
        assert [row["exception_id"] for row in page] == some
        if amount:
            told = "select coalesce(sum((typed ->> 'revenue_inr')::numeric), 0) from platform.exception"
            summed = warehouse.rows(
                f"{told} where exception_id = any(%(ids)s)", ids=[row["exception_id"] for row in rows]
            )
            assert list(summed[0].values()) == [figures[amount]], (waits, chosen)


def _in_order(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return sorted(tuple(row.values()) for row in rows)


def one_of(place: Place, order_id: str) -> int:
    """Return the open exception of an order."""
    return int(
        place.one(
            "select min(exception_id) from platform.exception where state = 'OPEN' and cells ->> 'order_id' = %(id)s",
            id=order_id,
        )
    )


def release(place: Place, held: str, /, *, is_preview: bool = False, **cells: str) -> None:
    parts, fix = place.parts, Fix(exception_id=one_of(place, held), cells=cells)
    repairs.release(parts.warehouse, place.sign_in("steward"), parts.datasets, [fix], is_preview=is_preview)


def save(place: Place) -> None:
    parts, fix = place.parts, Fix(exception_id=one_of(place, "H7"), cells={"revenue": "7"})
    repairs.save(parts.warehouse, place.sign_in("steward"), parts.datasets, [fix])


def discard(place: Place) -> None:
    parts, fix = place.parts, Fix(exception_id=one_of(place, "H2"))
    repairs.discard(parts.warehouse, place.sign_in("steward"), parts.datasets, [fix], reason="test")


def waive(place: Place) -> None:
    parts, fix = place.parts, Fix(exception_id=one_of(place, "G1"))
    repairs.ask_waiver(parts.warehouse, place.sign_in("steward"), parts.datasets, [fix], reason="test")
    second = place.sign_in("steward", "second")
    repairs.grant_waiver(parts.warehouse, second, parts.datasets, [fix])


def load_elsewhere(place: Place) -> None:
    place.drop(HEADER + GOOD.replace("G", "B") + "H4,2026-01-06,West,Milk 1L,4,40\n", "later.csv")


def hold_again(place: Place) -> None:
    place.drop(HEADER + GOOD.replace("G", "C") + HELD, "again.csv")


def rename_a_loaded_order(place: Place) -> None:
    edit = Edit(row="G2", column="order_id", text="H8", seen="G2")
    corrections.correct(place.parts.warehouse, place.sign_in("editor"), place.parts.datasets["sales_orders"], [edit])


def sort_a_product(place: Place) -> None:
    dataset = place.parts.datasets["sales_orders"]
    products.set_product(place.parts.warehouse, place.sign_in("steward"), dataset, "Unheard-of Juice", "Beverages")


def rebuild(place: Place) -> None:
    parts, steward = place.parts, place.sign_in("steward")
    for row in queries.completed_runs(parts.warehouse):
        rebuilding.rebuild(
            parts.warehouse, parts.store, steward, parts.datasets, row["run_id"], place.folder / "scratch"
        )


ACTS: tuple[Callable[[Place], None], ...] = (
    lambda place: release(place, "H1", region="South", is_preview=True),
    lambda place: release(place, "H1", region="South"),
    lambda place: release(place, "H3", order_date="2026-01-06"),
    lambda place: release(place, "H7", revenue="-7"),
    save,
    discard,
    lambda place: release(place, "H8", region="East", order_id="H9"),
    lambda place: release(place, "H8", order_id="G3", region=""),
    load_elsewhere,
    hold_again,
    rename_a_loaded_order,
    sort_a_product,
    rebuild,
    waive,
)


def test_answers_are_those_of_the_rows_after_every_act(place: Place) -> None:
    place.drop(HEADER + GOOD + HELD)
    assert_answers_are_plain(place)
    for act in ACTS:
        events = place.one("select count(*) from platform.audit_event")
        act(place)
        assert_answers_are_plain(place)
        assert act is ACTS[0] or place.one("select count(*) from platform.audit_event") > events
    states = {row["state"] for row in place.rows("select distinct state from platform.exception")}
    assert states == {"OPEN", "RELEASED", "WAIVED", "DISCARDED", "SUPERSEDED"}


def test_what_is_kept_of_open_rows_is_compared_and_mended(place: Place) -> None:
    run = place.drop(HEADER + GOOD + HELD).run_id
    warehouse, dataset = place.parts.warehouse, place.parts.datasets["sales_orders"]
    with warehouse.transaction() as connection:  # as if someone had written past the triggers
        connection.execute("delete from sales_orders.held_orders where order_id = 'H1'")
        connection.execute("update sales_orders.held_orders set revenue_inr = 1 where order_id = 'H2'")
        connection.execute("update sales_orders.held_orders set order_id = 'H33' where order_id = 'H3'")
        connection.execute("insert into sales_orders.held_orders (order_id, exception_id) values ('X', 4711)")

    differing = figures_that_differ(warehouse, dataset)
    with warehouse.transaction() as connection:
        marts.mend_figures(connection, dataset, run)

    assert [row["figure"] for row in differing] == ["held_orders"] * 4
    assert_answers_are_plain(place)


def test_a_held_row_belongs_to_the_file_and_the_dataset_of_its_run(place: Place) -> None:
    place.drop(HEADER + GOOD + HELD)
    for wrong in ("file_id = file_id + 1", "dataset = 'telco_packages'", "run_id = gen_random_uuid()"):
        with pytest.raises(psycopg.errors.ForeignKeyViolation), place.parts.warehouse.transaction() as connection:
            connection.execute(f"update platform.exception set {wrong}".encode())


def test_many_rows_that_are_held_already_are_closed_at_once(place: Place) -> None:
    good = "".join(f"N{number},2026-01-31,North,Milk 1L,1,5\n" for number in range(8000))
    held = "".join(f"B{number},2026-01-31,,Milk 1L,1,5\n" for number in range(8000))
    place.drop(HEADER + good + held)
    with place.parts.warehouse.transaction() as connection:
        connection.execute("analyze platform.exception")
    parts = place.parts
    hurried = replace(parts, warehouse=Warehouse(parts.settings.model_copy(update={"statement_timeout_s": 4})))

    try:
        again = Place(hurried, place.folder).drop(
            HEADER + good + held + "Z1,2026-02-01,East,Milk 1L,1,5\n", "again.csv"
        )
    finally:
        hurried.warehouse.close()

    assert again.outcome.rows_held_already == 8000
    assert place.one("select count(*) from platform.exception where state = 'OPEN'") == 8000
    assert_answers_are_plain(place)
