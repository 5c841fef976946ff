"""A card with a chart: what a browser tells it, and the table that it makes only when somebody asks."""

import pytest

from dashboard.charts.bar import bars
from dashboard.parts.charted import Charted
from dashboard.parts.table import Column

ROWS = [{"region": "North", "orders": 3}, {"region": "South & <b>West</b>", "orders": 5}]
COLUMNS = (Column(title="Region", show=lambda row: row["region"]),)


@pytest.fixture
def clicked() -> list[str]:
    return []


@pytest.fixture
def card(clicked: list[str]) -> Charted:
    made = Charted("Which regions?", nothing=("No orders", "Upload a file."), on_click=clicked.append)
    picture = bars(ROWS, x="region", y="orders", unit="orders", label="Orders")
    made.tell(picture, ROWS, COLUMNS, export="/export/sales/region.csv")
    return made


def test_a_click_on_a_mark_tells_its_category(card: Charted, clicked: list[str]) -> None:
    card._handle_msg({"mark": "North"})
    assert clicked == ["North"]


@pytest.mark.parametrize("message", [{"mark": "Atlantis"}, {"mark": None}, {"mark": ["North"]}, {}, "North", None])
def test_a_mark_that_is_not_there_is_not_believed(card: Charted, clicked: list[str], message: object) -> None:
    card._handle_msg(message)
    assert clicked == []


def test_the_table_is_made_when_it_is_asked_for_and_follows_the_rows(card: Charted) -> None:
    assert card.table == ""
    card.is_table = True
    assert "South &amp; &lt;b&gt;West&lt;/b&gt;" in card.table
    card.tell(bars(ROWS[:1], x="region", y="orders", unit="orders", label="Orders"), ROWS[:1], COLUMNS)
    assert "North" in card.table
    assert "South" not in card.table


def test_without_a_row_it_says_what_to_do_and_keeps_its_figure(card: Charted) -> None:
    before = card.height_px
    card.tell(bars([], x="region", y="orders", unit="orders", label="Orders"), [], COLUMNS)
    assert not card.has_rows
    assert "Upload a file." in card.nothing
    assert card.height_px == before
