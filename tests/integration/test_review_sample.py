"""What a person sees of a run that waits is the same for the same bytes: the first findings of each rule by line."""

from tests.conftest import Place

HEADER = "order_id,order_date,region,product,quantity,revenue\n"
ROWS = 30_000


def orders(quantity: int, region: str = "North", first: int = 0) -> str:
    return "".join(f"A{number},2026-01-31,{region},Milk 1L,{quantity},0\n" for number in range(first + ROWS, first, -1))


def sample(place: Place, rule: str) -> list[int]:
    rows = place.rows("select line from platform.finding where rule = %(rule)s order by line", rule=rule)
    return [row["line"] for row in rows]


def test_the_sample_of_conflicting_duplicates_is_the_first_of_them(place: Place) -> None:
    place.drop(HEADER + orders(quantity=1))

    waiting = place.drop(HEADER + orders(quantity=2), "again.csv")

    assert waiting.outcome.state == "AWAITING_REVIEW"
    assert sample(place, "order_id_is_unique") == list(range(2, 102))


def test_the_sample_of_broken_rows_is_the_first_of_them(place: Place) -> None:
    place.drop(HEADER + orders(quantity=1, region="Nowhere"))

    assert sample(place, "region_is_known") == list(range(2, 102))
