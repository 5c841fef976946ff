"""What a person has chosen survives in the address."""

from datetime import date

import param
import pytest

from dashboard.address import Address, choose, chosen, read_address

NAMES = ("first", "region", "number", "is_open", "columns")


class Chosen(param.Parameterized):
    first = param.CalendarDate(default=None, allow_None=True)
    region = param.String(default="")
    number = param.Integer(default=1)
    is_open = param.Boolean(default=False)
    columns = param.List(default=[])


def test_a_state_comes_back_from_its_address() -> None:
    state = Chosen(first=date(2026, 1, 31), region="a&b=ü", number=7, is_open=True, columns=["x", "y"])
    address = read_address(Address("sales", chosen(state, NAMES)).url)
    again = Chosen()
    choose(again, NAMES, address.query)
    assert [getattr(again, name) for name in NAMES] == [getattr(state, name) for name in NAMES]


def test_only_what_differs_from_the_defaults_stands_in_the_address() -> None:
    assert Address("sales", chosen(Chosen(number=2), NAMES)).url == "/sales?number=2"


@pytest.mark.parametrize("query", [{"first": "yesterday"}, {"number": "many"}])
def test_what_can_not_be_is_the_default(query: dict[str, str]) -> None:
    state = Chosen()
    choose(state, NAMES, query)
    assert chosen(state, NAMES) == {}
