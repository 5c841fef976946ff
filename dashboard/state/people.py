"""Which account is open on the page of people: `/people?account=…`."""

import param

NAMES = ("account",)


class PeopleState(param.Parameterized):
    """The account that is open."""

    account = param.String(default="")
