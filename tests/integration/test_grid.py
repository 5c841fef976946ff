"""Rows of the grid come from the database as chosen; what names no column or can't be read is refused."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from dashboard.store import grid as store
from dashboard.store.grid import Line
from dashboard.store.question import Question, SupersededError, TooLongError, within
from dashboard.store.selection import Selection
from flows.core.errors import MistakeError
from tests.conftest import Place

FILE = """order_id,order_date,region,product,quantity,revenue
A1,2026-01-01,North,Milk 1L,2,10.00
A2,2026-01-15,South,=1+1,1,20.00
A3,2026-02-01,North,<script>x</script>,3,30.00
"""


def _chosen(place: Place, search: str = "", sort: str = "", **filters: str) -> Selection:
    dataset = place.parts.datasets["sales_orders"]
    return Selection(dataset=dataset, filters=filters, search=search, sort=sort)


def _names(place: Place, chosen: Selection) -> list[str]:
    with Question(place.parts.warehouse).asked() as connection:
        return [line.name for line in store.page(connection, chosen).lines]


def test_filters_ranges_search_and_order_are_the_databases(place: Place) -> None:
    place.drop(FILE)
    for chosen, names in (
        (_chosen(place), ["A1", "A2", "A3"]),
        (_chosen(place, region="North", sort="-ordered_on"), ["A3", "A1"]),
        (_chosen(place, region="South~North"), ["A1", "A2", "A3"]),
        (_chosen(place, ordered_on="2026-01-02..2026-02-01"), ["A2", "A3"]),
        (_chosen(place, revenue_inr="..20"), ["A1", "A2"]),
        (_chosen(place, quantity="1~3"), ["A2", "A3"]),
        (_chosen(place, product="*milk*"), ["A1"]),
        (_chosen(place, product="(none)"), []),
        (_chosen(place, search="script"), ["A3"]),
        (_chosen(place, search="%"), []),
        (_chosen(place, product="'; drop table x; --"), []),
    ):
        assert _names(place, chosen) == names, chosen


def test_what_can_not_be_is_refused(place: Place) -> None:
    for chosen in (
        _chosen(place, sort="run_id; drop"),
        _chosen(place, line="1"),
        _chosen(place, only="latest"),
        _chosen(place, quantity="many"),
    ):
        with pytest.raises(MistakeError):
            _names(place, chosen)


@pytest.mark.parametrize("sort", ["", "-ordered_on", "region", "-revenue_inr"])
def test_pages_follow_each_other_in_both_directions(place: Place, sort: str) -> None:
    lines = [f"B{number:03},2026-01-{number % 28 + 1:02},North,Milk 1L,1,{number % 7}" for number in range(120)]
    place.drop("order_id,order_date,region,product,quantity,revenue\n" + "\n".join(lines))
    _walk(place, _chosen(place, sort=sort), 120)


@pytest.mark.parametrize("sort", ["validity_days", "-validity_days"])
def test_rows_without_a_value_have_their_place_too(place: Place, sort: str) -> None:
    lines = [f"P{number},Kuota 2GB,{number},{number % 3 or ''}" for number in range(120)]
    place.drop("package_name,package_description,price,validity\n" + "\n".join(lines), "XL_Medan_20260115.csv",
               "telco_packages")  # fmt: skip
    _walk(place, Selection(dataset=place.parts.datasets["telco_packages"], sort=sort), 120)


def _walk(place: Place, chosen: Selection, rows: int) -> None:
    """Go through all pages and back, and compare with all rows at once."""
    with Question(place.parts.warehouse).asked() as connection:
        pages = [store.page(connection, chosen)]
        while pages[-1].has_more:
            pages.append(store.page(connection, chosen, "after", pages[-1].lines[-1].position))
        forth = [line.name for page in pages for line in page.lines]
        back: list[Line] = list(store.page(connection, chosen, "last").lines)
        while before := store.page(connection, chosen, "before", back[0].position).lines:
            back = [*before, *back]
        middle = store.find(connection, chosen, forth[60])
        assert middle is not None
        from_there = store.page(connection, chosen, "from", middle.position)
        assert store.count(connection, chosen) == store.Number(rows=rows, is_exact=True)
    assert len(set(forth)) == rows
    assert [line.name for line in back] == forth
    assert [line.name for line in from_there.lines] == forth[60:110]


def test_a_newer_question_ends_the_one_before(place: Place) -> None:
    question, is_asked = Question(place.parts.warehouse), Event()

    def ask() -> None:
        with question.asked() as connection:
            is_asked.set()
            connection.execute("select pg_sleep(30)")

    with ThreadPoolExecutor(1) as thread:
        before = thread.submit(ask)
        assert is_asked.wait(30)
        with question.asked() as connection:
            connection.execute("select 1")
        with pytest.raises(SupersededError):
            before.result()


def test_a_question_that_takes_too_long_is_stopped(place: Place) -> None:
    question = Question(place.parts.warehouse)
    with pytest.raises(MistakeError, match="more than 3 s"), question.asked() as connection:
        connection.execute("select pg_sleep(30)")


def test_a_part_of_a_question_can_be_given_up(place: Place) -> None:
    with Question(place.parts.warehouse).asked() as connection:
        with pytest.raises(TooLongError), within(connection, 50):
            connection.execute("select pg_sleep(30)")
        with within(connection, 500):
            connection.execute("select 1")
        assert connection.execute("show statement_timeout").fetchall() == [{"statement_timeout": "3s"}]


def test_rows_that_can_not_be_counted_in_time_are_shown_with_an_estimate(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = "\n".join(f"C{number:05},2026-01-05,North,Milk 1L,1,{number % 90}" for number in range(50_000))
    place.drop(f"order_id,order_date,region,product,quantity,revenue\n{lines}")
    chosen = _chosen(place, revenue_inr="7..50", search="milk")
    monkeypatch.setattr(store, "WALK_MS", 1_000)
    monkeypatch.setattr(store, "COUNT_MS", 1)
    with Question(place.parts.warehouse).asked() as connection:
        assert len(store.page(connection, chosen).lines) == store.PAGE_ROWS
        number = store.count(connection, chosen, at_least=51)
        assert not number.is_exact
        assert number.rows >= 51
        assert store.count_all(connection, chosen).is_exact


def test_few_rows_are_found_where_the_walk_along_the_order_is_given_up(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = "\n".join(f"D{number:05},2026-01-05,North,Milk 1L,1,{number}" for number in range(50_000))
    place.drop(f"order_id,order_date,region,product,quantity,revenue\n{lines}")
    monkeypatch.setattr(store, "WALK_MS", 1)
    with Question(place.parts.warehouse).asked() as connection:
        found = store.page(connection, _chosen(place, revenue_inr="49998..", search="milk"))
        assert [line.name for line in found.lines] == ["D49998", "D49999"]
        assert store.count(connection, _chosen(place, revenue_inr="49998..", search="milk")).rows == 2
