"""The law of every generated file: each row read is loaded or held, once."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import Place

HEADER = "order_id,order_date,region,product,quantity,revenue\n"
ORDER = st.tuples(
    st.sampled_from(["A", "B", "C", "D", "E", ""]),
    st.sampled_from(["2026-01-31", "31/01/2026", "never", ""]),
    st.sampled_from(["North", "SOUTH ", "Nowhere", ""]),
    st.sampled_from(["Milk 1L", "Unheard-of", '"quoted, with ""more"""', '"two\nlines"', "NULL"]),
    st.sampled_from(["1", "2.0", "0", "x"]),
    st.sampled_from(["5", "1,05,366.57", "-1", "inf", '"1.234,50"']),
).map(",".join)
LINE = st.one_of(
    ORDER,
    ORDER,
    ORDER,
    st.sampled_from(["", ",,,,,", "A,B", '"open,', 'stray"quote,,,,,', "caf\xe9,,,,,", "\0,,,,,", HEADER.strip()]),
)


@given(files=st.lists(st.lists(LINE, min_size=1, max_size=12), min_size=1, max_size=3))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_row_read_is_loaded_or_held_once(place: Place, files: list[list[str]]) -> None:
    for rows in files:
        place.drop((HEADER + "\n".join(rows) + "\n").encode("latin-1"))

    broken = place.rows(
        """
        with kept as (
            select run_id, line from sales_orders.orders
            union all
            select run_id, line from platform.exception where state in ('OPEN', 'DISCARDED', 'SUPERSEDED')
        )
        select r.run_id, r.state, r.rows_read, count(k.line) as kept, count(distinct k.line) as lines
        from platform.run as r left join kept as k on k.run_id = r.run_id
        group by r.run_id
        having (r.state = 'COMPLETED' and (count(k.line) <> r.rows_read or count(distinct k.line) <> r.rows_read))
            or (r.state <> 'COMPLETED' and count(k.line) > 0)
        """
    )
    total = place.rows("select coalesce(sum(revenue_inr), 0) as revenue, count(*) as orders from sales_orders.orders")[
        0
    ]
    shown = place.rows("select revenue_inr as revenue, orders from sales_orders.figures")[0]

    assert broken == []
    assert shown == total
