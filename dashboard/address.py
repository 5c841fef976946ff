"""The address of a page: its name and what a person has chosen on it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import param

_LIST_SEPARATOR = "~"


@dataclass(frozen=True, slots=True)
class Address:
    """A page and its query."""

    page: str
    query: Mapping[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Path and query as a browser shows them."""
        told = {name: value for name, value in self.query.items() if value != ""}
        return f"/{self.page}" + (f"?{urlencode(told)}" if told else "")


def read_address(url: str) -> Address:
    """Return the address that a path and query mean."""
    told = urlsplit(url)
    return Address(told.path.strip("/"), dict(parse_qsl(told.query, keep_blank_values=True)))


def as_text(value: Any) -> str:  # Any: values of parameters
    """Return a parameter's value as it stands in an address."""
    if value is None:
        return ""
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return _LIST_SEPARATOR.join(as_text(one) for one in value)
    return str(value)


def read_value(parameter: Any, text: str) -> Any:  # Any: as above
    """Return a parameter's value from its text.

    Raises:
        ValueError: The text can't be one.
    """
    if isinstance(parameter, param.Boolean):
        return text == "yes"
    if isinstance(parameter, param.CalendarDate):  # a kind of Number to param
        return date.fromisoformat(text)
    if isinstance(parameter, param.Integer):
        return int(text)
    if isinstance(parameter, param.Number):
        return float(text)
    if isinstance(parameter, param.List):
        return [one for one in text.split(_LIST_SEPARATOR) if one]
    return text


def chosen(state: param.Parameterized, names: Sequence[str]) -> dict[str, str]:
    """Return what differs from the defaults, as texts."""
    return {
        name: as_text(getattr(state, name))
        for name in names
        if as_text(getattr(state, name)) != as_text(state.param[name].default)
    }


def choose(state: param.Parameterized, names: Sequence[str], query: Mapping[str, str]) -> None:
    """Set a state as an address says; what it does not name, or what can't be, gets its default."""
    wanted: dict[str, Any] = {}
    for name in names:
        parameter = state.param[name]
        wanted[name] = parameter.default if not isinstance(parameter.default, list) else list(parameter.default)
        if name in query:
            try:
                wanted[name] = read_value(parameter, query[name])
                parameter._validate(wanted[name])
            except ValueError:
                wanted[name] = parameter.default
    state.param.update(**wanted)
